package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.EndpointState;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.middleware.ClientHealth;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.ChildJvm;
import dev.internalevents.testkit.FakeCollector;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client with several endpoints sends to one that works, and nothing is lost when another one fails. */
@Tag("slow")
class SeveralEndpointsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int EVENTS = 300;

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector one = new FakeCollector();

    @AutoClose
    private final FakeCollector other = new FakeCollector();

    private final CountDownLatch never = new CountDownLatch(1);
    private final Set<Thread> before = threads();

    /** The collector that the client chose first, and the one that is left. */
    private FakeCollector used = one;

    private FakeCollector spare = other;

    @AfterEach
    void let_requests_end() {
        never.countDown();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("internal-events-"))
                .collect(Collectors.toSet());
    }

    private InternalEventsClientBuilder builder() {
        return InternalEventsClient.builder()
                .endpoints(List.of(one.url(), other.url()))
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .linger(Duration.ofMillis(20))
                .readTimeout(Duration.ofMillis(500))
                .setAsideAfter(4, Duration.ofMillis(200))
                .shutdownHook(false);
    }

    /** Sends one event and finds out which collector it went to. */
    private InternalEventsClient started(InternalEventsClientBuilder builder) {
        InternalEventsClient client = builder.build();
        client.trackEvent("first");
        TestClients.flush(client);
        used = one.taken().isEmpty() ? other : one;
        spare = one.taken().isEmpty() ? one : other;
        return client;
    }

    private static void track(InternalEventsClient client, int events) {
        IntStream.range(0, events).forEach(i -> client.trackEvent("e" + i));
    }

    private static List<String> names(int events) {
        return IntStream.range(0, events).mapToObj(i -> "e" + i).toList();
    }

    private List<String> ids() {
        List<String> ids = new ArrayList<>();
        one.taken().forEach(event -> ids.add(String.valueOf(event.get("eid"))));
        other.taken().forEach(event -> ids.add(String.valueOf(event.get("eid"))));
        return ids;
    }

    private void awaitNoThread() {
        await().atMost(LONG).until(() -> before.containsAll(threads()));
    }

    // Which one is used

    @Test
    void a_client_stays_with_one_and_keeps_its_connection() {
        try (InternalEventsClient client = started(builder())) {
            for (int i = 0; i < 20; i++) {
                client.trackEvent("e" + i);
                TestClients.flush(client);
            }
        }
        assertThat(used.takenNames()).hasSize(21);
        assertThat(used.connections()).isEqualTo(1);
        assertThat(spare.requests()).isEmpty();
        awaitNoThread();
    }

    @Test
    void many_clients_spread_over_the_endpoints() {
        for (int i = 0; i < 40; i++) {
            try (InternalEventsClient client = builder().build()) {
                client.trackEvent("e" + i);
                TestClients.flush(client);
            }
        }
        assertThat(one.taken()).hasSizeBetween(1, 39);
        assertThat(other.taken()).hasSize(40 - one.taken().size());
    }

    // One fails

    enum Fault {
        GONE,
        HANGS,
        UNAVAILABLE,
        INTERNAL_ERROR,
        NOT_FOUND,
        UNAUTHORIZED,
        FORBIDDEN,
        TOO_LARGE,
        TOO_MANY,
        CLOSES
    }

    private void fail(FakeCollector collector, Fault fault) {
        switch (fault) {
            case GONE -> collector.close();
            case HANGS -> collector.answerAfter(never);
            case UNAVAILABLE -> collector.answer(events -> 503);
            case INTERNAL_ERROR -> collector.answer(events -> 500);
            case NOT_FOUND -> collector.answer(events -> 404);
            case UNAUTHORIZED -> collector.answer(events -> 401);
            case FORBIDDEN -> collector.answer(events -> 403);
            case TOO_LARGE -> collector.answer(events -> 413);
            case TOO_MANY -> {
                collector.nextAnswerHas("Retry-After", "600");
                collector.answer(events -> 429);
            }
            case CLOSES ->
                collector.answer(events -> {
                    throw new IllegalStateException("the connection is closed");
                });
        }
    }

    private static final List<Boolean> QUEUES = List.of(false, true);

    static List<Arguments> faults() {
        List<Arguments> all = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            QUEUES.forEach(withOutbox -> all.add(Arguments.of(fault, withOutbox)));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void when_the_used_one_fails_all_events_arrive_at_the_other(Fault fault, boolean withOutbox) {
        InternalEventsClientBuilder builder = builder().batchSize(20);
        try (InternalEventsClient client = started(withOutbox ? builder.outbox(folder.resolve("outbox")) : builder)) {
            fail(used, fault);
            track(client, EVENTS);
            TestClients.flush(client);

            assertThat(client.stats())
                    .matches(stats -> stats.tracked() == EVENTS + 1
                            && stats.delivered() == EVENTS + 1
                            && stats.rejected() == 0
                            && stats.dropped() == 0
                            && stats.held() == 0
                            && stats.retries() > 0);
            assertThat(client.lastFailure()).isNull();
        }
        assertThat(spare.takenNames()).containsExactlyElementsOf(names(EVENTS));
        assertThat(new HashSet<>(ids())).hasSize(EVENTS + 1);
        awaitNoThread();
    }

    @Test
    void one_that_answers_slowly_gets_all_events() {
        try (InternalEventsClient client = started(builder().batchSize(100))) {
            used.answer(events -> {
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                return 200;
            });
            track(client, EVENTS);
            TestClients.flush(client);
            assertThat(client.stats().retries()).isZero();
        }
        assertThat(used.taken()).hasSize(EVENTS + 1);
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void one_that_failed_is_used_again_when_it_works() {
        try (InternalEventsClient client = started(builder())) {
            fail(used, Fault.UNAVAILABLE);
            client.trackEvent("e0");
            TestClients.flush(client);
            assertThat(spare.takenNames()).containsExactly("e0");

            used.answer(events -> 200);
            await().atMost(LONG).until(() -> {
                client.trackEvent("later");
                TestClients.flush(client);
                // A flush does not probe; events that nobody waits for do.
                client.trackEvent("unhurried");
                return used.takenNames().contains("unhurried");
            });
            TestClients.flush(client);
            int requests = spare.requests().size();
            track(client, 20);
            TestClients.flush(client);
            assertThat(used.takenNames()).containsAll(names(20));
            assertThat(spare.requests()).hasSize(requests);
        }
    }

    @Test
    void while_the_used_one_asks_for_a_pause_it_gets_no_request() {
        try (InternalEventsClient client = started(builder())) {
            fail(used, Fault.TOO_MANY);
            client.trackEvent("asked to wait");
            await().atMost(LONG).until(() -> spare.takenNames().contains("asked to wait"));
            int requests = used.requests().size();
            track(client, EVENTS);
            await().atMost(LONG).until(() -> client.stats().held() == 0);
            assertThat(used.requests()).hasSize(requests);
        }
        assertThat(spare.taken()).hasSize(EVENTS + 1);
    }

    @Test
    void one_that_failed_and_then_hangs_holds_up_nothing_for_the_time_of_a_request() {
        try (InternalEventsClient client = started(builder().readTimeout(Duration.ofMinutes(5)))) {
            fail(used, Fault.UNAVAILABLE);
            client.trackEvent("e0");
            await().atMost(LONG).until(() -> spare.takenNames().contains("e0"));
            fail(used, Fault.HANGS);
            int requests = used.requests().size();
            await().atMost(LONG).until(() -> {
                client.trackEvent("tracked until it is asked again");
                return used.requests().size() > requests;
            });
            // Nobody waits in flush or close.
            await().atMost(LONG).until(() -> client.stats().held() == 0);
            assertThat(client.stats()).matches(stats -> stats.delivered() == stats.tracked());
        }
    }

    @Test
    void when_the_last_one_that_works_fails_the_others_are_tried_without_a_wait() {
        try (InternalEventsClient client = started(
                builder().backOff(Duration.ofDays(1), Duration.ofDays(1)).closeTimeout(Duration.ZERO))) {
            fail(used, Fault.UNAVAILABLE);
            client.trackEvent("e0");
            await().atMost(LONG).until(() -> spare.takenNames().contains("e0"));

            used.answer(events -> 200);
            fail(spare, Fault.UNAVAILABLE);
            client.trackEvent("e1");
            await().atMost(LONG).until(() -> used.takenNames().contains("e1"));
        }
    }

    // Both fail

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void when_both_are_down_events_wait_for_the_first_that_comes_back(boolean isFirstBack) {
        try (InternalEventsClient client = started(builder().batchSize(10))) {
            fail(one, Fault.UNAVAILABLE);
            fail(other, Fault.UNAVAILABLE);
            track(client, EVENTS);
            await().atMost(LONG).until(() -> client.lastFailure() != null);
            assertThat(client.lastFailure())
                    .isEqualTo(one.url() + ": the collector answered 503; " + other.url()
                            + ": the collector answered 503");
            await().atMost(LONG)
                    .until(() -> one.requests().size() > 3 && other.requests().size() > 3);
            assertThat(client.stats())
                    .matches(stats -> stats.delivered() == 1 && stats.held() == EVENTS && stats.rejected() == 0);

            (isFirstBack ? used : spare).answer(events -> 200);
            TestClients.flush(client);
            assertThat(client.stats().delivered()).isEqualTo(EVENTS + 1);
            assertThat(client.lastFailure()).isNull();
        }
        List<String> taken = new ArrayList<>((isFirstBack ? used : spare).takenNames());
        taken.remove("first");
        assertThat(taken).containsExactlyElementsOf(names(EVENTS));
    }

    @Test
    void no_event_is_rejected_by_one_that_does_not_know_the_sender_while_the_other_is_away() {
        try (InternalEventsClient client = started(builder().batchSize(10))) {
            fail(used, Fault.UNAVAILABLE);
            fail(spare, Fault.UNAUTHORIZED);
            track(client, EVENTS);
            await().atMost(LONG)
                    .until(() -> used.requests().size() > 3 && spare.requests().size() > 3);
            assertThat(client.stats()).matches(stats -> stats.rejected() == 0 && stats.held() == EVENTS);
            used.answer(events -> 200);
            TestClients.flush(client);
            assertThat(client.stats().delivered()).isEqualTo(EVENTS + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"400,false", "400,true", "422,false", "413,true"})
    void no_event_is_rejected_by_one_that_refuses_all_while_the_other_is_away(int status, boolean withOutbox)
            throws IOException {
        one.answer(events -> status);
        int port = other.port();
        other.close();
        InternalEventsClientBuilder builder = builder().setAsideAfter(4, Duration.ofHours(1));
        try (InternalEventsClient client = (withOutbox ? builder.outbox(folder.resolve("outbox")) : builder).build()) {
            track(client, EVENTS);
            await().atMost(LONG)
                    .until(() ->
                            one.requests().stream().filter(size -> size == 1).count() > EVENTS);
            assertThat(client.stats().rejected()).isZero();
            try (FakeCollector back = new FakeCollector(port)) {
                TestClients.flush(client);

                assertThat(back.takenNames()).containsExactlyInAnyOrderElementsOf(names(EVENTS));
            }
        }
        awaitNoThread();
    }

    @Test
    void an_event_that_the_only_one_left_refuses_is_given_up_and_the_others_arrive() {
        one.answerTo("culprit", 400);
        other.close();
        try (InternalEventsClient client = builder().build()) {
            client.trackEvent("culprit");
            for (int i = 0; client.stats().rejected() == 0; i++) {
                client.trackEvent("e" + i);
                TestClients.flush(client);
            }
            assertThat(client.stats().rejected()).isEqualTo(1);
        }
        assertThat(one.takenNames()).doesNotContain("culprit").doesNotHaveDuplicates();
    }

    @Test
    void events_are_rejected_when_neither_knows_the_sender() {
        try (InternalEventsClient client = started(builder())) {
            fail(used, Fault.UNAUTHORIZED);
            fail(spare, Fault.UNAUTHORIZED);
            track(client, EVENTS);
            TestClients.flush(client);
            assertThat(client.stats()).matches(stats -> stats.delivered() == 1 && stats.rejected() == EVENTS);
        }
    }

    // One event

    @ParameterizedTest
    @CsvSource({"400,1", "403,1", "413,1", "422,1", "500,1", "501,1", "400,50", "403,50", "413,50", "422,50", "500,50"})
    void an_event_that_one_refuses_is_delivered_to_the_other(int status, int batchSize) {
        try (InternalEventsClient client = started(builder().batchSize(batchSize))) {
            used.answerTo("e20", status);
            track(client, EVENTS);
            TestClients.flush(client);
            assertThat(client.stats()).matches(stats -> stats.delivered() == EVENTS + 1 && stats.rejected() == 0);
        }
        assertThat(used.takenNames()).doesNotContain("e20");
        assertThat(spare.takenNames()).contains("e20");
        assertThat(ids()).doesNotHaveDuplicates().hasSize(EVENTS + 1);
    }

    @ParameterizedTest
    @CsvSource({"400,1", "413,1", "422,1", "500,1", "400,50", "413,50", "422,50", "500,50"})
    void an_event_that_both_refuse_is_rejected_and_the_others_arrive(int status, int batchSize) {
        List<String> refused = new CopyOnWriteArrayList<>();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onRejected(List<SentEvent> events, String reason) {
                events.forEach(event -> refused.add(event.name() + ": " + reason));
            }
        };
        try (InternalEventsClient client =
                started(builder().batchSize(batchSize).deliveryListener(listener))) {
            used.answerTo("e20", status);
            spare.answerTo("e20", status);
            track(client, EVENTS);
            TestClients.flush(client);
            assertThat(client.stats()).matches(stats -> stats.delivered() == EVENTS && stats.rejected() == 1);
        }
        assertThat(ids()).doesNotHaveDuplicates().hasSize(EVENTS);
        assertThat(refused)
                .singleElement()
                .asString()
                .startsWith("e20: http://127.0.0.1:")
                .contains(": the collector answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void many_events_that_both_fail_at_are_set_aside_once_each(int threads) throws Exception {
        for (FakeCollector collector : List.of(one, other)) {
            collector.answer(events -> events.stream()
                            .anyMatch(
                                    event -> String.valueOf(event.get("se_ac")).endsWith("7"))
                    ? 500
                    : 200);
        }
        Path outbox = folder.resolve("outbox");
        try (InternalEventsClient client =
                started(builder().batchSize(20).threadCount(threads).outbox(outbox))) {
            track(client, EVENTS);
            TestClients.flush(client);
            ClientStats stats = client.stats();
            assertThat(stats.rejected()).isEqualTo(EVENTS / 10);
            assertThat(stats.delivered()).isEqualTo(EVENTS - EVENTS / 10 + 1);
        }
        assertThat(new SetAsideEvents(outbox).read())
                .hasSize(EVENTS / 10)
                .allSatisfy(event -> assertThat(event.tries()).isGreaterThanOrEqualTo(4));
    }

    @Test
    void an_event_that_may_have_been_accepted_is_sent_to_the_other_with_the_same_id() {
        List<TrackerPayload> unanswered = Collections.synchronizedList(new ArrayList<>());
        try (InternalEventsClient client = started(builder().batchSize(50))) {
            used.answer(events -> {
                unanswered.addAll(events);
                throw new IllegalStateException("no answer, although the events are stored");
            });
            track(client, EVENTS);
            TestClients.flush(client);
            assertThat(client.stats().delivered()).isEqualTo(EVENTS + 1);
        }
        Map<String, String> arrived = spare.taken().stream()
                .collect(Collectors.toMap(
                        event -> String.valueOf(event.get("se_ac")), event -> String.valueOf(event.get("eid"))));
        assertThat(arrived).hasSize(EVENTS);
        assertThat(unanswered)
                .isNotEmpty()
                .allSatisfy(event -> assertThat(arrived)
                        .containsEntry(String.valueOf(event.get("se_ac")), String.valueOf(event.get("eid"))));
    }

    // The end

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void close_within_a_second_delivers_although_the_used_one_hangs(boolean withOutbox) {
        InternalEventsClientBuilder builder = builder().readTimeout(Duration.ofMinutes(5));
        InternalEventsClient client = started(withOutbox ? builder.outbox(folder.resolve("outbox")) : builder);
        fail(used, Fault.HANGS);
        int requests = used.requests().size();
        client.trackEvent("hanging");
        await().atMost(LONG).until(() -> used.requests().size() > requests);
        track(client, EVENTS);

        assertThat(client.close(Duration.ofSeconds(1))).isZero();
        assertThat(spare.takenNames()).contains("hanging").containsAll(names(EVENTS));
        assertThat(client.stats()).matches(stats -> stats.delivered() == EVENTS + 2 && stats.held() == 0);
        awaitNoThread();
    }

    @Test
    void an_outbox_keeps_what_no_endpoint_accepted_for_the_next_start() {
        Path outbox = folder.resolve("outbox");
        InternalEventsClient client = started(builder().outbox(outbox));
        fail(one, Fault.HANGS);
        fail(other, Fault.HANGS);
        track(client, EVENTS);
        assertThat(client.close(Duration.ofMillis(300))).isEqualTo(EVENTS);
        awaitNoThread();

        spare.answer(events -> 200);
        try (InternalEventsClient next = builder().outbox(outbox).build()) {
            TestClients.flush(next);
            assertThat(next.stats()).matches(stats -> stats.tracked() == EVENTS && stats.delivered() == EVENTS);
        }
        assertThat(spare.takenNames()).containsAll(names(EVENTS));
    }

    @Test
    void after_sigterm_events_are_delivered_although_one_endpoint_hangs() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<Socket> connections = new CopyOnWriteArrayList<>();
            Thread accepting = new Thread(() -> {
                try {
                    while (true) {
                        connections.add(hanging.accept());
                    }
                } catch (IOException e) {
                    // The end of the test.
                }
            });
            accepting.start();
            Process process = ChildJvm.of(
                            Tracks.class,
                            "http://127.0.0.1:" + hanging.getLocalPort(),
                            one.url().toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                for (String line = out.readLine(); !"tracked".equals(line); line = out.readLine()) {
                    assertThat(line).isNotNull();
                }
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(one.takenNames()).containsAll(names(EVENTS));
            } finally {
                process.destroyForcibly();
                for (Socket connection : connections) {
                    connection.close();
                }
            }
        }
    }

    /** Tracks events and waits to be ended. */
    static final class Tracks {

        public static void main(String[] endpoints) throws InterruptedException {
            InternalEventsClient client = InternalEventsClient.builder()
                    .endpoints(List.of(URI.create(endpoints[0]), URI.create(endpoints[1])))
                    .readTimeout(Duration.ofMinutes(5))
                    .build();
            track(client, EVENTS);
            System.out.println("tracked");
            new CountDownLatch(1).await();
        }
    }

    // What is reported

    @Test
    void states_health_and_log_name_each_endpoint() {
        try (CapturedLog log = CapturedLog.of(Emitter.class);
                InternalEventsClient client = started(builder())) {
            assertThat(client.endpointStates())
                    .containsExactly(new EndpointState(one.url(), null), new EndpointState(other.url(), null));

            fail(used, Fault.UNAVAILABLE);
            client.trackEvent("e0");
            TestClients.flush(client);
            assertThat(client.endpointStates())
                    .containsExactlyInAnyOrder(
                            new EndpointState(used.url(), "the collector answered 503"),
                            new EndpointState(spare.url(), null));
            assertThat(client.lastFailure()).isNull();
            ClientHealth health = ClientHealth.of(client);
            assertThat(health.isUp()).isTrue();
            assertThat(health.details())
                    .containsEntry(
                            "endpoints",
                            Map.of(
                                    used.url().toString(),
                                    "the collector answered 503",
                                    spare.url().toString(),
                                    "works"));
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("WARN " + used.url()
                                    + ": the collector answered 503; 1 event(s) are sent to another endpoint"));

            fail(spare, Fault.UNAVAILABLE);
            client.trackEvent("e1");
            await().atMost(LONG).until(() -> client.lastFailure() != null);
            assertThat(ClientHealth.of(client).isUp()).isFalse();
            spare.answer(events -> 200);
            TestClients.flush(client);
        }
    }

    // Settings

    @Test
    void endpoints_that_make_no_sense_are_refused() {
        assertThatThrownBy(
                        () -> builder().endpoints(List.of(one.url(), one.url())).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("endpoint: \"" + one.url() + "\" is set twice; expected each collector once");
        assertThatThrownBy(() -> builder()
                        .endpoints(IntStream.range(0, 17)
                                .mapToObj(i -> URI.create("http://c" + i))
                                .toList())
                        .build())
                .hasMessage("endpoint: 17 addresses are set; expected 1 to 16 collectors");
        assertThatThrownBy(() -> builder().endpoints(List.of()).build())
                .hasMessage("an enabled client needs an endpoint, for example http://127.0.0.1:9091");
        assertThatThrownBy(() -> builder()
                        .endpoints(List.of(one.url(), URI.create("http://user:secret@c")))
                        .build())
                .hasMessageStartingWith("endpoint: ")
                .hasMessageNotContaining("secret");
    }
}
