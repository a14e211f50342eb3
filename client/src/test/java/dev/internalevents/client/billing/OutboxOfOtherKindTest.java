package dev.internalevents.client.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.testkit.FakeCollector;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client whose outbox is a folder in which the other kind of client left events. */
class OutboxOfOtherKindTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final URI NOBODY = URI.create("http://127.0.0.1:1");
    private static final EventContext CONTEXT = EventContext.builder()
            .realm("saas")
            .uniqueInstanceId("unique")
            .instanceVersion("18.2.0")
            .hostName("gitlab.com")
            .build();

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private BillingEventsClientBuilder billing() {
        return BillingEventsClient.builder()
                .endpoint(sink.url())
                .outbox(folder)
                .defaultContext(CONTEXT)
                .closeTimeout(Duration.ZERO);
    }

    private InternalEventsClientBuilder internal() {
        return InternalEventsClient.builder()
                .endpoint(sink.url())
                .outbox(folder)
                .closeTimeout(Duration.ZERO);
    }

    @Test
    void billing_events_are_left_for_a_client_of_billing_events() {
        try (BillingEventsClient first = billing().endpoint(NOBODY).build()) {
            first.trackBillingEvent("billed", "c");
        }

        try (InternalEventsClient other = internal().build()) {
            other.trackEvent("used");
            assertThat(other.flush(LONG)).isTrue();
            assertThat(other.outboxFailure())
                    .isEqualTo(folder + ": contains the outbox of a client that sends billing events; expected a folder"
                            + " only for events");
        }
        assertThat(sink.takenNames()).containsExactly("used");

        try (BillingEventsClient second = billing().build()) {
            assertThat(second.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).containsExactly("used", "billed");
    }

    @Test
    void a_marker_is_whole_though_the_thread_was_interrupted_and_a_cut_one_is_repaired() throws IOException {
        Thread.currentThread().interrupt();
        BillingEventsClient first = billing().endpoint(NOBODY).build();
        assertThat(Thread.interrupted()).isTrue();
        first.close();
        assertThat(folder.resolve("kind")).hasContent("billing event");

        Files.writeString(folder.resolve("kind"), "bil");
        billing().endpoint(NOBODY).build().close();
        assertThat(folder.resolve("kind")).hasContent("billing event");
    }

    @Test
    void a_client_of_billing_events_does_not_start_on_an_outbox_of_other_events() {
        try (InternalEventsClient first = internal().endpoint(NOBODY).build()) {
            first.trackEvent("used");
        }

        assertThatThrownBy(() -> billing().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder + ": contains the outbox of a client that sends events; expected a folder"
                        + " only for billing events");

        try (InternalEventsClient second = internal().build()) {
            assertThat(second.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).containsExactly("used");
    }
}
