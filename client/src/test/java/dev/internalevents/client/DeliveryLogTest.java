package dev.internalevents.client;

import static dev.internalevents.client.TestClients.sendingTo;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.FakeCollector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Label and property of sent events, for listeners and, at DEBUG, in the log. */
class DeliveryLogTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @AutoClose
    private final CapturedLog log = CapturedLog.of("dev.internalevents.client.internal.emitter.DeliveryLog");

    private InternalEventsClientBuilder builder() {
        return sendingTo(sink).backOff(Duration.ofMillis(1), Duration.ofMillis(5));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_gets_label_and_property_as_they_were_sent(boolean withOutbox) {
        List<SentEvent> delivered = new CopyOnWriteArrayList<>();
        List<SentEvent> failed = new CopyOnWriteArrayList<>();
        InternalEventsClientBuilder builder = builder().deliveryListener(new DeliveryListener() {
            @Override
            public void onDelivered(List<SentEvent> events) {
                delivered.addAll(events);
            }

            @Override
            public void onRetried(List<SentEvent> events, String reason) {
                failed.addAll(events);
            }
        });
        if (withOutbox) {
            builder.outbox(folder.resolve("outbox"));
        }
        AtomicInteger requests = new AtomicInteger();
        sink.answer(events -> requests.getAndIncrement() == 0 ? 503 : 200);
        try (InternalEventsClient client = builder.build()) {
            client.event("a").label("l".repeat(5_000)).property("p\n").track();
            assertThat(client.flush(LONG)).isTrue();
            client.trackEvent("b");
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(failed).singleElement().satisfies(event -> {
            assertThat(event.label()).hasSize(4_096).endsWith("...");
            assertThat(event.property()).isEqualTo("p\n");
        });
        assertThat(delivered).hasSize(2);
        assertThat(delivered.get(0)).isEqualTo(failed.get(0));
        assertThat(delivered.get(1)).isEqualTo(new SentEvent(delivered.get(1).id(), "b"));
    }

    @Test
    void at_debug_each_event_is_a_line_with_name_id_label_and_property() {
        log.at(Level.DEBUG);
        AtomicInteger requests = new AtomicInteger();
        sink.answer(events -> switch (requests.getAndIncrement()) {
            case 0 -> 503;
            case 1 -> 200;
            default -> 401;
        });
        try (InternalEventsClient client = builder().build()) {
            client.event("a")
                    .label("l\nforged")
                    .property("p".repeat(300))
                    .put("secret", "s")
                    .track();
            assertThat(client.flush(LONG)).isTrue();
            client.trackEvent("b");
            assertThat(client.flush(LONG)).isTrue();
        }
        String id = sink.taken().get(0).get("eid");
        String shown = "a " + id + " label=\"l\\nforged\" property=\"" + "p".repeat(200) + "… (300 characters)\"";
        assertThat(log.lines()).hasSize(3);
        assertThat(log.lines().get(0))
                .startsWith("DEBUG event not delivered, will be sent again: " + shown + ": ")
                .contains("503");
        assertThat(log.lines().get(1)).isEqualTo("DEBUG event delivered: " + shown);
        assertThat(log.lines().get(2))
                .startsWith("DEBUG event rejected: b ")
                .contains(" label=- property=-: ")
                .contains("401");
    }

    @Test
    void at_info_no_event_has_a_line() {
        log.at(Level.INFO);
        try (InternalEventsClient client = builder().build()) {
            client.event("a").label("l").track();
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(log.lines()).isEmpty();
    }
}
