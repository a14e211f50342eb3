package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.setaside.SetAsideEvent;
import dev.internalevents.client.setaside.SetAsideEvents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One event that the collector does not take neither holds up the others nor takes them along. */
class GivingUpTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Sink sink;

    @BeforeEach
    void start() throws Exception {
        sink = new Sink();
    }

    @AfterEach
    void stop() {
        sink.close();
    }

    private InternalEventsClient.Builder client() {
        return InternalEventsClient.builder()
                .endpoint(sink.url())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .setAsideAfter(4, Duration.ofMillis(200))
                .linger(Duration.ofMillis(20));
    }

    private void answerTo(String culprit, int status) {
        sink.answer(events -> events.stream().anyMatch(event -> culprit.equals(event.get("se_ac"))) ? status : 200);
    }

    private static void track(InternalEventsClient client, int events, int culprit) {
        IntStream.range(0, events).forEach(i -> client.trackEvent(i == culprit ? "culprit" : "e" + i));
    }

    @ParameterizedTest
    @CsvSource({"1,500", "1,501", "50,500", "50,501"})
    void an_event_that_the_collector_fails_at_is_rejected_and_the_others_arrive(int batchSize, int status) {
        answerTo("culprit", status);
        List<String> refused = new CopyOnWriteArrayList<>();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onFailed(List<SentEvent> events, String reason, boolean sentAgain) {
                if (!sentAgain) {
                    events.forEach(event -> refused.add(event.name() + ": " + reason));
                }
            }
        };
        try (InternalEventsClient client =
                client().batchSize(batchSize).deliveryListener(listener).build()) {
            track(client, 1_000, 20);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats())
                    .matches(stats -> stats.delivered() == 999 && stats.rejected() == 1 && stats.dropped() == 0);
        }
        assertThat(sink.takenNames())
                .doesNotContain("culprit")
                .doesNotHaveDuplicates()
                .hasSize(999);
        assertThat(refused).singleElement().asString().startsWith("culprit: the collector answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void with_an_outbox_it_is_set_aside_and_named_also_after_a_restart(int batchSize) throws Exception {
        answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                client().batchSize(batchSize).outbox(outbox).build()) {
            track(client, 200, 20);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.outboxFailure()).contains("1 event(s) are set aside in", "culprit", "500");
        }
        assertThat(sink.takenNames()).doesNotContain("culprit").hasSize(199);
        List<SetAsideEvent> aside = new SetAsideEvents(outbox).read();
        assertThat(aside).singleElement().satisfies(event -> {
            assertThat(event.name()).isEqualTo("culprit");
            assertThat(event.tries()).isGreaterThanOrEqualTo(4);
            assertThat(event.event().get("cx")).isNotNull();
        });
        try (Stream<Path> files = Files.list(outbox.resolve("set-aside"))) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        try (InternalEventsClient client = client().outbox(outbox).build()) {
            assertThat(client.outboxFailure()).contains("culprit");
            assertThat(client.stats().tracked()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,20", "1,20", "50,20", "0,2", "1,2", "50,2", "250,2"})
    void many_of_them_hold_up_the_others_no_more_than_one(int batchSize, int every) {
        sink.answer(events -> events.stream()
                        .anyMatch(event -> String.valueOf(event.get("se_ac")).startsWith("culprit"))
                ? 500
                : 200);
        InternalEventsClient.Builder builder = client().setAsideAfter(3, Duration.ofMillis(100));
        try (InternalEventsClient client = (batchSize == 0 ? builder : builder.batchSize(batchSize)).build()) {
            int events = every == 2 ? 200 : 1_000;
            IntStream.range(0, events).forEach(i -> client.trackEvent(i % every == 1 ? "culprit" + i : "e" + i));
            assertThat(client.flush(Duration.ofMinutes(1)))
                    .as("%s", client.stats())
                    .isTrue();
            assertThat(client.stats().rejected()).isEqualTo(events / every);
            assertThat(client.stats().delivered()).isEqualTo(events - events / every);
        }
    }

    @Test
    void two_that_are_alone_are_given_up_too() {
        answerTo("culprit", 500);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("culprit");
            client.trackEvent("culprit");
            await().atMost(LONG).until(() -> client.stats().rejected() == 2);
        }
    }

    @Test
    void at_a_close_what_was_delivered_behind_it_is_not_sent_again() {
        answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                client().outbox(outbox).setAsideAfter(8, Duration.ofHours(1)).build()) {
            track(client, 200, 10);
            await().atMost(LONG).until(() -> client.stats().delivered() == 199);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        }
        sink.answer(events -> 200);
        try (InternalEventsClient client = client().outbox(outbox).build()) {
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().tracked()).isEqualTo(1);
        }
        assertThat(sink.takenNames()).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void one_that_is_alone_is_set_aside_too() {
        answerTo("culprit", 500);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("culprit");
            await().atMost(LONG).until(() -> client.stats().rejected() == 1);
            assertThat(client.lastFailure()).contains("500");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 429, 502, 503, 504})
    void what_speaks_of_the_collector_never_counts_against_an_event(int status) {
        answerTo("culprit", status);
        try (InternalEventsClient client =
                client().setAsideAfter(1, Duration.ofMillis(1)).build()) {
            client.trackEvent("culprit");
            await().atMost(LONG).until(() -> client.stats().retries() > 20);
            assertThat(client.stats().rejected()).isZero();
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).containsExactly("culprit");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void a_collector_that_fails_at_everything_costs_no_event(int batchSize) {
        AtomicInteger asked = new AtomicInteger();
        sink.answer(events -> {
            asked.incrementAndGet();
            return 500;
        });
        try (InternalEventsClient client = client().batchSize(batchSize)
                .setAsideAfter(2, Duration.ofMillis(1))
                .build()) {
            track(client, 200, -1);
            await().atMost(LONG).until(() -> asked.get() > 300);
            assertThat(client.stats().rejected()).isZero();
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(200);
        }
        assertThat(sink.takenNames()).doesNotHaveDuplicates().hasSize(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413, 422})
    void a_refusal_that_may_be_of_one_event_is_its_own(int status) {
        answerTo("culprit", status);
        try (InternalEventsClient client = client().batchSize(50).build()) {
            track(client, 199, 70);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).matches(stats -> stats.delivered() == 198 && stats.rejected() == 1);
        }
        assertThat(sink.takenNames()).doesNotContain("culprit").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 410})
    void a_refusal_that_speaks_of_all_is_one_request(int status) {
        sink.answer(events -> status);
        try (InternalEventsClient client = client().batchSize(50).linger(LONG).build()) {
            track(client, 50, -1);
            await().atMost(LONG).until(() -> client.stats().rejected() == 50);
        }
        assertThat(sink.requests()).containsExactly(50);
    }

    @Test
    void which_statuses_are_final_is_a_setting() {
        answerTo("culprit", 404);
        try (InternalEventsClient client =
                client().finalStatuses(Set.of(404)).batchSize(10).build()) {
            track(client, 20, 3);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).matches(stats -> stats.delivered() == 19 && stats.rejected() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307})
    void a_redirect_that_is_not_followed_is_final_if_its_status_is(int status) {
        answerTo("culprit", status);
        Set<String> reasons = ConcurrentHashMap.newKeySet();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onFailed(List<SentEvent> events, String reason, boolean sentAgain) {
                reasons.add(reason + (sentAgain ? ", again" : ""));
            }
        };
        try (InternalEventsClient client = client().finalStatuses(Set.of(301, 302, 303, 307))
                .deliveryListener(listener)
                .batchSize(10)
                .build()) {
            track(client, 20, 3);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).matches(stats -> stats.delivered() == 19 && stats.rejected() == 1);
        }
        assertThat(reasons).containsExactly("the collector answered " + status + " without a Location");
    }

    @Test
    void what_is_still_suspect_at_the_end_stays_in_the_outbox() {
        answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                client().outbox(outbox).setAsideAfter(8, Duration.ofHours(1)).build()) {
            track(client, 100, 3);
            await().atMost(LONG).until(() -> client.stats().delivered() == 99);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
            assertThat(client.stats().rejected() + client.stats().dropped()).isZero();
        }
        sink.answer(events -> 200);
        try (InternalEventsClient client = client().outbox(outbox).build()) {
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).contains("culprit");
    }

    @Test
    void what_waits_goes_together_unless_the_batch_size_was_set() throws Exception {
        Predicate<InternalEventsClient> tracksHundred = client -> {
            sink.answer(events -> 503);
            client.trackEvent("first");
            await().atMost(LONG).until(() -> client.stats().retries() > 0);
            IntStream.range(0, 100).forEach(i -> client.trackEvent("e" + i));
            sink.requests().clear();
            sink.answer(events -> 200);
            return client.flush(LONG);
        };
        try (InternalEventsClient client = client().build()) {
            assertThat(tracksHundred.test(client)).isTrue();
            assertThat(sink.requests()).hasSizeLessThan(20);
        }
        try (InternalEventsClient client = client().batchSize(1).build()) {
            assertThat(tracksHundred.test(client)).isTrue();
            assertThat(sink.requests()).hasSizeGreaterThan(99).containsOnly(1);
        }
    }
}
