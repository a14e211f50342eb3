package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.FakeCollector;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternalEventsClientTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @AutoClose
    private final CapturedLog log = CapturedLog.of("dev.internalevents");

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @Test
    void sends_the_name_with_the_context_of_the_call() {
        EventContext context = EventContext.builder()
                .environment("production")
                .realm("saas")
                .gitlabTeamMember(true)
                .featureEnabledByNamespaceIds(List.of(9970L, 42L))
                .build();
        try (InternalEventsClient client = client().build()) {
            try (Scope scope = context.makeCurrent()) {
                client.trackEvent("request_awesome_feature");
            }
            assertThat(client.flush(LONG)).isTrue();
        }

        TrackerPayload event = sink.taken().get(0);
        assertThat(event.parameters())
                .containsEntry("e", "se")
                .containsEntry("se_ca", "default_category")
                .containsEntry("se_ac", "request_awesome_feature")
                .containsEntry("p", "srv")
                .containsEntry("aid", "unknown_service")
                .containsEntry("tna", "internal-events")
                .containsEntry("tv", InternalEventsClient.TRACKER_VERSION)
                .doesNotContainKeys("se_la", "se_pr", "se_va");
        assertThat(Long.parseLong(event.get("stm"))).isGreaterThanOrEqualTo(Long.parseLong(event.get("dtm")));
        assertThat(standard(event))
                .isEqualTo(Map.of(
                        "environment",
                        "production",
                        "realm",
                        "saas",
                        "is_gitlab_team_member",
                        true,
                        "feature_enabled_by_namespace_ids",
                        List.of(9970L, 42L)));
    }

    @Test
    void sends_every_argument_of_the_fluent_form() {
        SelfDescribingJson ai =
                new SelfDescribingJson(SchemaKey.of("com.gitlab", "ai_context", "1-0-0"), Map.of("session_id", "s"));
        try (InternalEventsClient client = client().build()) {
            client.event("request_awesome_feature")
                    .user(1)
                    .project(2)
                    .namespace(3)
                    .featureEnabledByNamespaceIds(4, 5)
                    .plan("premium")
                    .label("l")
                    .property("p")
                    .value(1.5)
                    .put("model_engine", "anthropic")
                    .put("prefix_length", 1234)
                    .category(InternalEventsClientTest.class)
                    .context(ai)
                    .track();
            assertThat(client.flush(LONG)).isTrue();
        }

        TrackerPayload event = sink.taken().get(0);
        assertThat(event.parameters())
                .containsEntry("se_ca", InternalEventsClientTest.class.getName())
                .containsEntry("se_la", "l")
                .containsEntry("se_pr", "p")
                .containsEntry("se_va", "1.5");
        assertThat(standard(event))
                .isEqualTo(Map.of(
                        "environment",
                        "production",
                        "user_id",
                        1L,
                        "project_id",
                        2L,
                        "namespace_id",
                        3L,
                        "feature_enabled_by_namespace_ids",
                        List.of(4L, 5L),
                        "plan",
                        "premium",
                        "extra",
                        Map.of("model_engine", "anthropic", "prefix_length", 1234L)));
        assertThat(event.contexts().list()).contains(ai);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sends_the_user_of_a_request_only_when_told_to(boolean told) {
        try (InternalEventsClient client = client().sendUserId(told).build()) {
            EventContext.builder()
                    .userId("7")
                    .build()
                    .wrap(() -> client.trackEvent("e"))
                    .run();
            assertThat(client.flush(LONG)).isTrue();
        }

        assertThat(standard(sink.taken().get(0)).get("user_id")).isEqualTo(told ? "7" : null);
    }

    @Test
    void takes_the_event_as_of_the_call() {
        Map<String, Object> mutable = new java.util.HashMap<>(Map.of("k", "before"));
        try (InternalEventsClient client = client().batchSize(10).build()) {
            AdditionalProperties properties = AdditionalProperties.of("nested", mutable);
            client.trackEvent("e", properties, "c");
            mutable.put("k", "after");
            assertThat(client.flush(LONG)).isTrue();
        }

        assertThat(standard(sink.taken().get(0)).get("extra")).isEqualTo(Map.of("nested", Map.of("k", "before")));
    }

    @Test
    void names_the_tracked_events_of_a_request() {
        RequestTracking request = new RequestTracking(EventContext.empty());
        try (InternalEventsClient client = client().build();
                Scope scope = request.makeCurrent()) {
            client.trackEvent("b");
            client.trackEvent("a");
            EventContext.builder()
                    .realm("saas")
                    .build()
                    .wrap(() -> client.trackEvent("b"))
                    .run();
        }

        assertThat(request.trackedEvents()).containsExactly("a", "b");
    }

    @Test
    void a_batch_that_never_fills_leaves_by_itself() {
        try (InternalEventsClient client = client().batchSize(1000).build()) {
            client.trackEvent("lonely");

            await().atMost(LONG).until(() -> sink.takenNames().contains("lonely"));
        }
    }

    @Test
    void full_batches_go_together() {
        try (InternalEventsClient client =
                client().batchSize(50).linger(Duration.ofMinutes(10)).build()) {
            IntStream.range(0, 500).forEach(i -> client.trackEvent("e" + i));
            await().atMost(LONG).until(() -> sink.taken().size() == 500);
        }

        assertThat(sink.requests()).hasSize(10).containsOnly(50);
        assertThat(sink.takenNames())
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void a_queue_that_fills_although_requests_succeed_is_said_once() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        sink.answerAfter(answer);
        try (InternalEventsClient client =
                client().queueCapacity(10).batchSize(1).build()) {
            IntStream.range(0, 9).forEach(i -> client.trackEvent("e"));
            await().atMost(LONG)
                    .until(() -> log.messages().stream().anyMatch(m -> m.contains("half of the queue is full")));
            answer.countDown();
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(log.messages().stream().filter(m -> m.contains("half of the queue is full")))
                .hasSize(1);
    }

    @Test
    void a_connection_is_kept_for_the_next_request() {
        try (InternalEventsClient client = client().batchSize(1).build()) {
            IntStream.range(0, 100).forEach(i -> client.trackEvent("e"));
            assertThat(client.flush(LONG)).isTrue();
        }

        assertThat(sink.requests()).hasSize(100);
        assertThat(sink.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 410, 413, 422})
    void never_sends_again_what_was_refused(int status) {
        sink.answer(events -> status);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("refused");
            assertThat(client.flush(LONG)).isTrue();

            assertThat(Accounts.of(client)).isEqualTo(Accounts.NONE.tracked(1).rejected(1));
            assertThat(client.lastFailure()).contains(String.valueOf(status));
        }
        assertThat(sink.requests()).hasSize(1);
        assertThat(log.messages()).anyMatch(m -> m.contains("refused") && m.contains(String.valueOf(status)));
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 405, 408, 414, 429, 431, 500, 503})
    void sends_again_what_failed_until_it_is_taken(int status) {
        AtomicInteger failures = new AtomicInteger(2);
        sink.answer(events -> failures.getAndDecrement() > 0 ? status : 200);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("patient");
            assertThat(client.flush(LONG)).isTrue();

            assertThat(Accounts.of(client))
                    .isEqualTo(Accounts.NONE.tracked(1).delivered(1).retries(2));
            assertThat(client.lastFailure()).isNull();
        }
        assertThat(sink.requests()).hasSize(3);
    }

    @Test
    void waits_as_long_as_the_collector_asks() {
        AtomicInteger failures = new AtomicInteger(1);
        sink.answer(events -> failures.getAndDecrement() > 0 ? 503 : 200);
        sink.nextAnswerHas("Retry-After", "1");
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("asked_to_wait");
            await().atMost(LONG).until(() -> client.stats().delivered() == 1);
        }

        // The first back-off is at most 100 ms.
        assertThat(log.messages()).anyMatch(m -> m.contains("retried in 1000 ms"));
    }

    @Test
    void splits_what_is_too_large_and_refuses_the_single_event_that_still_is() {
        sink.answer(events ->
                events.size() > 3 || events.stream().anyMatch(event -> "huge".equals(event.get("se_ac"))) ? 413 : 200);
        try (InternalEventsClient client =
                client().batchSize(16).linger(Duration.ofMinutes(10)).build()) {
            IntStream.range(0, 15).forEach(i -> client.trackEvent("e" + i));
            client.trackEvent("huge");
            assertThat(client.flush(LONG)).isTrue();

            assertThat(Accounts.of(client))
                    .isEqualTo(Accounts.NONE.tracked(16).delivered(15).rejected(1));
        }
        assertThat(new HashSet<>(sink.takenNames())).hasSize(15).doesNotContain("huge");
        assertThat(log.messages()).anyMatch(m -> m.contains("huge") && m.contains("413"));
    }

    @Test
    void a_full_queue_drops_counts_and_names_what_it_drops() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        sink.answerAfter(blocked);
        try (InternalEventsClient client = client().queueCapacity(10).build()) {
            client.trackEvent("first");
            await().atMost(LONG).until(() -> sink.requests().size() == 1);
            IntStream.range(0, 25).forEach(i -> client.trackEvent("flood"));

            assertThat(Accounts.of(client))
                    .isEqualTo(Accounts.NONE.tracked(26).dropped(15).held(11));
            blocked.countDown();
            assertThat(client.flush(LONG)).isTrue();
            assertThat(Accounts.of(client))
                    .isEqualTo(Accounts.NONE.tracked(26).delivered(11).dropped(15));
        }
        assertThat(log.messages()).anyMatch(m -> m.contains("flood") && m.contains("the queue is full"));
        assertThat(log.messages()).anyMatch(m -> m.contains("flood ×14"));
    }

    @Test
    void every_event_of_an_outage_arrives_once() throws Exception {
        int port = sink.port();
        sink.close();
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .batchSize(10)
                .threadCount(2)
                .build()) {
            IntStream.range(0, 5_000).forEach(i -> client.trackEvent("outage_" + i));
            await().atMost(LONG).until(() -> client.stats().retries() >= 3);
            try (FakeCollector restarted = new FakeCollector(port)) {
                assertThat(client.flush(LONG)).isTrue();

                assertThat(client.stats().delivered()).isEqualTo(5_000);
                assertThat(restarted.taken().stream()
                                .map(event -> event.get("eid"))
                                .collect(Collectors.toSet()))
                        .hasSize(5_000);
                assertThat(new HashSet<>(restarted.takenNames())).hasSize(5_000);
            }
        }
        assertThat(log.messages()).anyMatch(m -> m.contains("delivered again"));
    }

    @Test
    void close_says_how_many_are_left_and_names_them() throws Exception {
        sink.close();
        InternalEventsClient client = client().batchSize(2).build();
        IntStream.range(0, 5).forEach(i -> client.trackEvent("left_behind"));

        assertThat(client.close(Duration.ofMillis(200))).isEqualTo(5);
        assertThat(client.close(LONG)).isZero();
        client.trackEvent("too_late");

        assertThat(client.stats()).matches(stats -> stats.tracked() == 6 && stats.dropped() == 6 && stats.held() == 0);
        assertThat(log.messages()).anyMatch(m -> m.contains("left_behind"));
        assertThat(log.messages()).anyMatch(m -> m.contains("too_late") && m.contains("closed"));
    }

    @Test
    void close_sends_what_is_held_and_leaves_no_thread() {
        InternalEventsClient client = client().batchSize(500)
                .threadCount(3)
                .linger(Duration.ofMinutes(10))
                .build();
        IntStream.range(0, 42).forEach(i -> client.trackEvent("e"));
        client.close();

        assertThat(sink.taken()).hasSize(42);
        await().atMost(LONG)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("internal-events-emitter")));
    }

    @Test
    void many_threads_lose_nothing() throws Exception {
        try (InternalEventsClient client =
                client().batchSize(100).threadCount(3).queueCapacity(100_000).build()) {
            List<Thread> threads = IntStream.range(0, 8)
                    .mapToObj(t -> new Thread(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            client.trackEvent("t" + t + "_" + i);
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(8_000);
        }
        assertThat(new HashSet<>(sink.takenNames())).hasSize(8_000);
    }

    @Test
    @SuppressWarnings("NullAway")
    void what_makes_no_sense_is_counted_and_never_thrown() {
        try (InternalEventsClient client = client().build()) {
            client.trackEvent(null);
            client.trackEvent("e", null);
            client.event("nan")
                    .value(Double.NaN)
                    .put("x", Float.POSITIVE_INFINITY)
                    .track();
            assertThat(client.flush(LONG)).isTrue();

            assertThat(Accounts.of(client))
                    .isEqualTo(Accounts.NONE.tracked(3).delivered(2).dropped(1));
        }
        assertThat(sink.takenNames()).containsExactly("e", "nan");
        assertThat(sink.taken()).allSatisfy(event -> {
            assertThat(event.parameters()).doesNotContainKey("se_va");
            assertThat(standard(event)).doesNotContainKey("extra");
        });
    }

    @Test
    void odd_text_arrives_as_unicode() {
        try (InternalEventsClient client = client().build()) {
            client.event("e")
                    .label("a\ud800b😀\u0000\"\\")
                    .put("\udc00", "\ud83d")
                    .track();
            assertThat(client.flush(LONG)).isTrue();
        }

        assertThat(sink.taken().get(0).get("se_la")).isEqualTo("a\ufffdb😀\u0000\"\\");
        assertThat(standard(sink.taken().get(0)).get("extra")).isEqualTo(Map.of("\ufffd", "\ufffd"));
    }

    @Test
    void disabled_costs_no_memory_and_no_thread() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        InternalEventsClient client = InternalEventsClient.disabled();
        AdditionalProperties properties = AdditionalProperties.of("k", "v");
        Runnable calls = () -> {
            for (int i = 0; i < 10_000; i++) {
                client.trackEvent("request_awesome_feature");
                client.trackEvent("request_awesome_feature", properties);
                client.trackEvent("request_awesome_feature", properties, "c");
                client.event("request_awesome_feature")
                        .user(1)
                        .label("l")
                        .put("k", "v")
                        .track();
            }
        };
        calls.run();
        long start = threads.getCurrentThreadAllocatedBytes();
        threads.getCurrentThreadAllocatedBytes();
        long perMeasurement = threads.getCurrentThreadAllocatedBytes() - start;
        long from = threads.getCurrentThreadAllocatedBytes();
        calls.run();
        long allocated = threads.getCurrentThreadAllocatedBytes() - from;

        assertThat(allocated).isLessThanOrEqualTo(perMeasurement + 1_000);
        assertThat(Accounts.of(client)).isEqualTo(Accounts.NONE);
        assertThat(client.flush(Duration.ZERO)).isTrue();
        assertThat(client.close(Duration.ZERO)).isZero();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("internal-events"))
                        .filter(thread -> !before.contains(thread)))
                .isEmpty();
        assertThat(client.isEnabled()).isFalse();
    }

    @Test
    void a_builder_says_what_is_wrong() {
        assertThatThrownBy(() -> InternalEventsClient.builder().build()).hasMessageContaining("needs an endpoint");
        assertThatThrownBy(() -> InternalEventsClient.builder()
                        .endpoint(URI.create("ftp://x"))
                        .build())
                .hasMessageContaining("\"ftp://x\" is not an http or https URL");
        assertThatThrownBy(() -> client().batchSize(0).build())
                .hasMessage("batchSize: 0 is not a whole number of 1 or more");
        assertThatThrownBy(() -> client().threadCount(-1).build()).hasMessageStartingWith("threadCount: -1");
    }

    @Test
    void a_server_that_hangs_up_is_tried_again() throws Exception {
        try (ServerSocket rude = new ServerSocket(0)) {
            Thread hangUp = new Thread(() -> {
                try {
                    rude.accept().close();
                    rude.accept().close();
                } catch (java.io.IOException e) {
                    // The test is over.
                }
            });
            hangUp.setDaemon(true);
            hangUp.start();
            InternalEventsClient client = InternalEventsClient.builder()
                    .endpoint(URI.create("http://127.0.0.1:" + rude.getLocalPort()))
                    .build();
            client.trackEvent("e");
            await().atMost(LONG).until(() -> client.stats().retries() >= 1);
            assertThat(client.lastFailure()).isNotNull();
            client.close(Duration.ZERO);
            assertThat(client.stats()).matches(stats -> stats.tracked() == 1 && stats.dropped() == 1);
        }
    }

    private InternalEventsClientBuilder client() {
        return InternalEventsClient.builder().endpoint(sink.url());
    }

    /** Tracked, delivered, rejected, dropped, held, retries. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> standard(TrackerPayload event) {
        return (Map<String, Object>) event.contexts().list().stream()
                .filter(context -> context.schema().name().equals("gitlab_standard"))
                .findFirst()
                .orElseThrow()
                .data();
    }
}
