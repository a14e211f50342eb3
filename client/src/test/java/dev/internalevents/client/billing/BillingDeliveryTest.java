package dev.internalevents.client.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.FakeCollector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the collector responds, a billing event stays queued until it is delivered. */
@Tag("slow")
class BillingDeliveryTest {

    private static final Duration LONG = Duration.ofMinutes(3);
    private static final EventContext REQUEST =
            EventContext.builder().realm("saas").build();

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private BillingEventsClientBuilder client() {
        return BillingEventsClient.builder()
                .endpoint(sink.url())
                .outbox(folder)
                .defaultContext(REQUEST)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .inFront(3, Duration.ofMillis(50))
                .closeTimeout(Duration.ZERO)
                .linger(Duration.ofMillis(20));
    }

    private static List<String> names(int events) {
        return IntStream.range(0, events).mapToObj(i -> "e" + i).toList();
    }

    private static void track(BillingEventsClient client, List<String> names) {
        names.forEach(name -> client.trackBillingEvent(name, "c"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 408, 410, 413, 422, 429, 500, 501, 502, 503})
    void an_event_that_is_refused_arrives_once_the_collector_takes_it(int status) {
        sink.answer(events -> status);
        try (BillingEventsClient client = client().build()) {
            track(client, names(20));
            await().atMost(LONG).until(() -> sink.requests().size() > 40);
            assertThat(client.lastFailure()).contains(String.valueOf(status));
            assertThat(client.stats())
                    .matches(stats -> stats.held() == 20 && stats.rejected() == 0 && stats.dropped() == 0);

            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(20);
        }
        assertThat(sink.takenNames()).containsExactlyInAnyOrderElementsOf(names(20));
        assertThat(folder.resolve("set-aside")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410, 413, 429, 500, 503})
    void what_one_endpoint_refuses_is_delivered_to_the_other(int status) {
        try (FakeCollector other = new FakeCollector();
                BillingEventsClient client =
                        client().endpoints(List.of(sink.url(), other.url())).build()) {
            sink.answer(events -> status);
            other.answer(events -> status);
            track(client, names(20));
            await().atMost(LONG)
                    .until(() -> sink.requests().size() > 3 && other.requests().size() > 3);
            assertThat(client.stats())
                    .matches(stats -> stats.held() == 20 && stats.rejected() == 0 && stats.dropped() == 0);
            assertThat(client.lastFailure())
                    .contains(sink.url().toString(), other.url().toString(), String.valueOf(status));

            other.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(20);
            assertThat(client.lastFailure()).isNull();
            assertThat(sink.taken()).isEmpty();
            assertThat(other.takenNames()).containsExactlyInAnyOrderElementsOf(names(20));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413, 422, 500, 501})
    void an_event_that_alone_is_refused_holds_up_no_other_and_stays_over_a_restart(int status) {
        sink.answerTo("culprit", status);
        try (BillingEventsClient client = client().build();
                CapturedLog log = CapturedLog.of(Emitter.class)) {
            client.trackBillingEvent("culprit", "c");
            track(client, names(200));
            await().atMost(LONG).until(() -> sink.taken().size() == 200);
            // It was moved behind the others, so that these need not be sent again.
            await().atMost(LONG)
                    .until(() -> log.lines().stream()
                            .anyMatch(line -> line.startsWith("WARN")
                                    && line.contains("the collector answered " + status)
                                    && line.endsWith("queued for retry: culprit")));
            await().atMost(LONG).until(() -> client.stats().spooled() == 1);
            assertThat(client.stats()).matches(stats -> stats.held() == 1 && stats.rejected() == 0);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        }
        assertThat(folder.resolve("set-aside")).doesNotExist();
        sink.answer(events -> 200);
        try (BillingEventsClient client = client().build()) {
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).hasSize(201).containsOnlyOnce("culprit").containsAll(names(200));
    }

    @Test
    void many_events_that_are_refused_hold_up_no_other() {
        sink.answer(events -> events.stream()
                        .anyMatch(event -> String.valueOf(event.get("se_ac")).startsWith("bad"))
                ? 422
                : 200);
        try (BillingEventsClient client = client().build()) {
            IntStream.range(0, 60).forEach(i -> client.trackBillingEvent("bad" + i, "c"));
            track(client, names(100));
            await().atMost(LONG).until(() -> sink.taken().size() == 100);
            track(client, names(100));
            await().atMost(LONG).until(() -> sink.taken().size() == 200);

            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats())
                    .matches(stats -> stats.delivered() == 260 && stats.rejected() == 0 && stats.dropped() == 0);
        }
        assertThat(sink.takenNames().stream().filter(name -> name.startsWith("bad")))
                .hasSize(60);
    }

    @Test
    void a_full_outbox_refuses_loudly_and_a_refused_event_does_not_keep_it_full() {
        sink.answer(events -> 503);
        String large = "x".repeat(30_000);
        long taken;
        try (BillingEventsClient client = client().outboxBytes(16 << 20).build()) {
            client.trackBillingEvent("culprit", "c");
            while (client.stats().dropped() == 0) {
                client.billingEvent("large").metadata("text", large).track();
            }
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.FULL, 1L);
            assertThat(client.outboxFailure()).contains(folder.toString(), "full");
            taken = client.stats().held();

            sink.answerTo("culprit", 422);
            await().atMost(LONG).until(() -> sink.taken().size() == taken - 1);
            await().atMost(LONG).until(() -> client.outboxFailure() == null);
            client.trackBillingEvent("after", "c");
            await().atMost(LONG).until(() -> sink.takenNames().contains("after"));
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats())
                    .matches(stats -> stats.delivered() == taken + 1 && stats.dropped() == 1 && stats.rejected() == 0);
        }
        assertThat(sink.takenNames()).contains("culprit");
    }

    @Test
    void what_was_not_sent_before_the_end_is_sent_after_the_next_start() throws Exception {
        sink.answer(events -> 503);
        try (BillingEventsClient client = client().build()) {
            track(client, names(50));
            assertThat(client.close(Duration.ZERO)).isEqualTo(50);
        }
        assertThat(Files.list(folder)).isNotEmpty();
        sink.answer(events -> 200);
        try (BillingEventsClient client = client().build()) {
            assertThat(client.flush(LONG)).isTrue();
        }
        // Events in flight at the end may have arrived then, and again after the start.
        assertThat(sink.takenNames()).containsAll(names(50));
    }
}
