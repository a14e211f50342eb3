package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.setaside.SetAsideEvent;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.testkit.FakeCollector;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An event that the collector does not accept neither blocks the others nor causes them to be lost. */
@Tag("slow")
class GivingUpTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private InternalEventsClientBuilder client() {
        return InternalEventsClient.builder()
                .endpoint(sink.url())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .setAsideAfter(4, Duration.ofMillis(200))
                .linger(Duration.ofMillis(20));
    }

    @Test
    void an_answer_of_404_says_that_the_path_may_be_wrong() {
        sink.answer(events -> 404);
        try (InternalEventsClient client = client().closeTimeout(Duration.ZERO).build()) {
            client.trackEvent("asked");
            await().atMost(LONG).until(() -> client.lastFailure() != null);

            assertThat(client.lastFailure())
                    .isEqualTo("the collector answered 404: there is no collector at this path; expected the endpoint"
                            + " without the request path");
        }
    }

    /**
     * Sends what an outbox has left, and returns the names of all events that arrived. It is sent to another collector,
     * because a request in flight may reach the first one after the close.
     */
    private List<String> sentInAll(Path outbox) {
        try (FakeCollector next = new FakeCollector();
                InternalEventsClient client =
                        client().endpoint(next.url()).outbox(outbox).build()) {
            assertThat(client.flush(LONG)).isTrue();
            return Stream.concat(sink.takenNames().stream(), next.takenNames().stream())
                    .toList();
        }
    }

    private static void track(InternalEventsClient client, int events, int culprit) {
        IntStream.range(0, events).forEach(i -> client.trackEvent(i == culprit ? "culprit" : "e" + i));
    }

    @ParameterizedTest
    @CsvSource({"1,500", "1,501", "50,500", "50,501"})
    void an_event_that_the_collector_fails_at_is_rejected_and_the_others_arrive(int batchSize, int status) {
        sink.answerTo("culprit", status);
        List<String> refused = new CopyOnWriteArrayList<>();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onRejected(List<SentEvent> events, String reason) {
                events.forEach(event -> refused.add(event.name() + ": " + reason));
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
        sink.answerTo("culprit", 500);
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
        InternalEventsClientBuilder builder = client().setAsideAfter(3, Duration.ofMillis(100));
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

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 20})
    void several_that_are_alone_may_be_an_outage_until_another_passes(int events) {
        sink.answerTo("culprit", 500);
        try (InternalEventsClient client = client().build()) {
            IntStream.range(0, events).forEach(i -> client.trackEvent("culprit"));
            await().atMost(LONG).until(() -> sink.requests().size() > 8 * events);
            assertThat(client.stats().rejected()).isZero();
            await().atMost(LONG).until(() -> {
                client.trackEvent("passes");
                return client.stats().rejected() == events;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_outage_while_little_is_tracked_costs_no_event(boolean isFlushed) {
        sink.answer(events -> 500);
        try (InternalEventsClient client =
                client().setAsideAfter(2, Duration.ofMillis(1)).build()) {
            client.trackEvent("first");
            client.trackEvent("second");
            for (int i = 0; i < 20; i++) {
                int asked = sink.requests().size();
                client.trackEvent("e" + i);
                if (isFlushed) {
                    assertThat(client.flush(Duration.ofMillis(50))).isFalse();
                }
                await().atMost(LONG).until(() -> sink.requests().size() > asked + 3);
            }
            assertThat(client.stats().rejected()).isZero();
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(22);
        }
    }

    @Test
    void a_pause_that_the_collector_asks_for_speaks_of_the_collector() {
        sink.answer(events -> {
            sink.nextAnswerHas("Retry-After", "1");
            return 500;
        });
        try (InternalEventsClient client =
                client().setAsideAfter(1, Duration.ofMillis(1)).build()) {
            client.trackEvent("e");
            await().atMost(LONG).until(() -> client.stats().retries() > 2);
            assertThat(client.stats().rejected()).isZero();
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).containsExactly("e");
    }

    @Test
    void however_many_tries_are_set_there_is_a_wait_between_them() {
        sink.answerTo("culprit", 500);
        try (InternalEventsClient client = client().backOff(Duration.ofMillis(100), Duration.ofSeconds(1))
                .setAsideAfter(Integer.MAX_VALUE, Duration.ofSeconds(20))
                .closeTimeout(Duration.ZERO)
                .build()) {
            client.trackEvent("culprit");
            assertThat(client.flush(Duration.ofSeconds(1))).isFalse();
            // Without a wait there would be thousands.
            assertThat(sink.requests()).hasSizeLessThan(100);
        }
    }

    @Test
    void one_that_is_too_large_does_not_make_later_requests_small() {
        sink.answerTo("culprit", 413);
        try (InternalEventsClient client =
                client().batchSize(200).queueCapacity(50_000).build()) {
            track(client, 200, 70);
            assertThat(client.flush(LONG)).isTrue();
            sink.requests().clear();
            track(client, 20_000, -1);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(sink.requests().get(sink.requests().size() / 2)).isGreaterThan(99);
        }
    }

    @Test
    void what_a_collector_takes_at_most_is_learnt_and_forgotten_again() {
        sink.answer(events -> events.size() > 10 ? 413 : 200);
        try (InternalEventsClient client =
                client().batchSize(200).queueCapacity(50_000).build()) {
            track(client, 400, -1);
            assertThat(client.flush(LONG)).isTrue();
            sink.requests().clear();
            track(client, 200, -1);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(sink.requests()).hasSizeLessThan(60);
            sink.answer(events -> 200);
            sink.requests().clear();
            track(client, 30_000, -1);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(sink.requests()).contains(200);
        }
    }

    @Test
    void what_cannot_be_set_aside_stays_in_the_outbox() throws Exception {
        sink.answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        Files.createDirectories(outbox);
        Files.writeString(outbox.resolve("set-aside"), "in the way");
        try (InternalEventsClient client = client().outbox(outbox).build()) {
            track(client, 100, 20);
            await().atMost(LONG).until(() -> client.outboxFailure() != null);
            await().atMost(LONG).until(() -> client.stats().delivered() == 99);
            assertThat(client.outboxFailure()).contains("cannot be set aside");
            assertThat(client.stats()).matches(stats -> stats.rejected() == 0 && stats.held() == 1);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        }
        assertThat(sentInAll(outbox)).hasSize(100).doesNotHaveDuplicates().contains("culprit");
    }

    @Test
    void a_lock_that_somebody_keeps_does_not_stop_the_others() throws Exception {
        sink.answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        Files.createDirectories(outbox.resolve("set-aside"));
        try (FileChannel lock = FileChannel.open(
                        outbox.resolve("set-aside/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock kept = lock.lock();
                InternalEventsClient client =
                        client().outbox(outbox).closeTimeout(Duration.ZERO).build()) {
            assertThat(kept.isValid()).isTrue();
            track(client, 100, 20);
            await().atMost(LONG).until(() -> client.stats().delivered() == 99);
            await().atMost(LONG)
                    .until(() -> String.valueOf(client.outboxFailure()).contains("is locked"));
            assertThat(client.stats().held()).isEqualTo(1);
        }
    }

    @Test
    void at_a_close_what_waits_in_memory_goes_where_others_were_spilled() throws Exception {
        sink.answer(events -> 503);
        Path spill = folder.resolve("spill");
        try (InternalEventsClient client =
                client().queueCapacity(10).whenFull(WhenFull.spill(spill)).build()) {
            track(client, 50, -1);
            assertThat(client.close(Duration.ZERO)).isEqualTo(50);
            assertThat(client.stats().dropped()).isZero();
        }
        // Another collector, because a request in flight may reach the first one after the close.
        try (FakeCollector next = new FakeCollector();
                InternalEventsClient client = client().endpoint(next.url())
                        .whenFull(WhenFull.spill(spill))
                        .build()) {
            assertThat(client.flush(LONG)).isTrue();
            assertThat(next.takenNames()).hasSize(50).doesNotHaveDuplicates();
        }
    }

    @Test
    void at_a_close_what_was_delivered_behind_it_is_not_sent_again() {
        sink.answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                client().outbox(outbox).setAsideAfter(8, Duration.ofHours(1)).build()) {
            track(client, 200, 10);
            await().atMost(LONG).until(() -> client.stats().delivered() == 199);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        }
        assertThat(sentInAll(outbox)).hasSize(200).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void one_that_is_retried_for_long_does_not_keep_the_outbox_full_of_delivered_ones(int threads) {
        sink.answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        String text = "x".repeat(20_000);
        int events = 3_000;
        InternalEventsClientBuilder builder =
                client().outbox(outbox).outboxBytes(16 << 20).batchSize(20).threadCount(threads);
        try (InternalEventsClient client =
                builder.setAsideAfter(8, Duration.ofHours(1)).build()) {
            client.trackEvent("culprit");
            for (int i = 1; i <= events; i++) {
                client.event("e" + i).put("text", text).track();
                int tracked = i;
                if (tracked % 50 == 0) {
                    await().atMost(LONG).until(() -> client.stats().delivered() == tracked);
                }
            }
            await().atMost(LONG).until(() -> client.stats().spooled() == 1);
            assertThat(client.stats()).matches(stats -> stats.dropped() == 0 && stats.rejected() == 0);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        }
        assertThat(sentInAll(outbox)).hasSize(events + 1).doesNotHaveDuplicates();
    }

    @Test
    void one_that_is_moved_behind_the_others_is_set_aside_in_the_end() {
        sink.answerTo("culprit", 500);
        String text = "x".repeat(20_000);
        try (InternalEventsClient client = client().outbox(folder.resolve("outbox"))
                .outboxBytes(16 << 20)
                .whenFull(WhenFull.block(LONG))
                .setAsideAfter(6, Duration.ofSeconds(1))
                .batchSize(20)
                .build()) {
            client.trackEvent("culprit");
            for (int i = 0; client.stats().rejected() == 0 && i < 10_000; i++) {
                client.event("e" + i).put("text", text).track();
            }
            assertThat(client.stats()).matches(stats -> stats.rejected() == 1 && stats.dropped() == 0);
            assertThat(client.outboxFailure()).contains("culprit");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void at_a_close_what_another_thread_delivered_meanwhile_is_not_sent_again(int batchSize) {
        CountDownLatch end = new CountDownLatch(1);
        sink.answer(events -> {
            if (events.stream().noneMatch(event -> "first".equals(event.get("se_ac")))) {
                return 200;
            }
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 503;
        });
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                client().outbox(outbox).batchSize(batchSize).threadCount(2).build()) {
            client.trackEvent("first");
            await().atMost(LONG).until(() -> client.stats().queued() == 0);
            track(client, 100, -1);
            await().atMost(LONG).until(() -> client.stats().delivered() == 100);
            assertThat(client.stats()).matches(stats -> stats.held() == 1 && stats.spooled() == 1);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        } finally {
            end.countDown();
        }
        assertThat(sentInAll(outbox)).hasSize(101).doesNotHaveDuplicates();
    }

    @Test
    void one_that_is_alone_is_set_aside_too() {
        sink.answerTo("culprit", 500);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("culprit");
            await().atMost(LONG).until(() -> client.stats().rejected() == 1);
            assertThat(client.lastFailure()).contains("500");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 429, 502, 503, 504})
    void what_speaks_of_the_collector_never_counts_against_an_event(int status) {
        sink.answerTo("culprit", status);
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
        sink.answerTo("culprit", status);
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
        sink.answerTo("culprit", 404);
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
        sink.answerTo("culprit", status);
        Set<String> reasons = ConcurrentHashMap.newKeySet();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onRetried(List<SentEvent> events, String reason) {
                reasons.add(reason + ", again");
            }

            @Override
            public void onRejected(List<SentEvent> events, String reason) {
                reasons.add(reason);
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
        sink.answerTo("culprit", 500);
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                client().outbox(outbox).setAsideAfter(8, Duration.ofHours(1)).build()) {
            track(client, 100, 3);
            await().atMost(LONG).until(() -> client.stats().delivered() == 99);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
            assertThat(client.stats().rejected() + client.stats().dropped()).isZero();
        }
        assertThat(sentInAll(outbox)).contains("culprit");
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
