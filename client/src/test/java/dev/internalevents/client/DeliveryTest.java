package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.testkit.FakeCollector;
import dev.internalevents.testkit.TestCertificate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full queue, notifications of a listener, and how requests are sent. */
class DeliveryTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final CountDownLatch answers = new CountDownLatch(1);

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @AfterEach
    void stop() {
        answers.countDown();
    }

    @Test
    void drop_oldest_keeps_the_newest() {
        sink.answerAfter(answers);
        try (InternalEventsClient client =
                client().queueCapacity(10).whenFull(WhenFull.dropOldest()).build()) {
            trackOneThatIsUnderWay(client);
            IntStream.range(0, 25).forEach(i -> client.trackEvent("e" + i));

            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.FULL, 15L);
            assertThat(client.drops().get(DropReason.FULL))
                    .containsEntry("e0", 1L)
                    .doesNotContainKey("e24");
            answers.countDown();
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames())
                .isEqualTo(java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("under_way"),
                                IntStream.range(15, 25).mapToObj(i -> "e" + i))
                        .toList());
    }

    @Test
    void block_waits_for_room() throws Exception {
        sink.answerAfter(answers);
        try (InternalEventsClient client =
                client().queueCapacity(10).whenFull(WhenFull.block(LONG)).build()) {
            trackOneThatIsUnderWay(client);
            Thread caller = new Thread(() -> IntStream.range(0, 200).forEach(i -> client.trackEvent("e" + i)));
            caller.start();
            await().atMost(LONG).until(() -> caller.getState() == Thread.State.TIMED_WAITING);
            answers.countDown();
            caller.join();
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).matches(stats -> stats.delivered() == 201 && stats.dropped() == 0);
        }
    }

    @Test
    void block_drops_when_its_time_is_up() {
        sink.answerAfter(answers);
        try (InternalEventsClient client = client().queueCapacity(10)
                .whenFull(WhenFull.block(Duration.ofMillis(1)))
                .build()) {
            trackOneThatIsUnderWay(client);
            IntStream.range(0, 12).forEach(i -> client.trackEvent("e" + i));
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.FULL, 2L);
            answers.countDown();
        }
    }

    @Test
    void spill_goes_to_the_folder_and_follows_in_order() {
        sink.answerAfter(answers);
        try (InternalEventsClient client = client().queueCapacity(10)
                .batchSize(7)
                .linger(Duration.ZERO)
                .whenFull(WhenFull.spill(folder.resolve("spill")))
                .build()) {
            trackOneThatIsUnderWay(client);
            IntStream.range(0, 1_000).forEach(i -> client.trackEvent("e" + i));
            assertThat(client.stats().spooled()).isGreaterThan(900);
            assertThat(client.stats().dropped()).isZero();
            answers.countDown();
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).matches(stats -> stats.delivered() == 1_001 && stats.spooled() == 0);
        }
        assertThat(sink.takenNames().subList(1, 1_001))
                .isEqualTo(IntStream.range(0, 1_000).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void a_listener_is_told_what_becomes_of_events() {
        List<String> told = new CopyOnWriteArrayList<>();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onDelivered(List<SentEvent> events) {
                events.forEach(event ->
                        told.add("delivered " + event.name() + " " + event.id().length()));
                throw new IllegalStateException("a listener that fails changes nothing");
            }

            @Override
            public void onRetried(List<SentEvent> events, String reason) {
                events.forEach(event -> told.add("retried " + event.name() + ", " + reason));
            }

            @Override
            public void onRejected(List<SentEvent> events, String reason) {
                events.forEach(event -> told.add("rejected " + event.name() + ", " + reason));
            }

            @Override
            public void onDropped(String eventName, DropReason reason) {
                told.add("dropped " + eventName + " " + reason);
            }
        };
        AtomicInteger requests = new AtomicInteger();
        sink.answer(events -> switch (events.get(0).get("se_ac")) {
            case "refused" -> 400;
            case "later" -> requests.getAndIncrement() == 0 ? 503 : 200;
            default -> 200;
        });
        try (InternalEventsClient client = client().deliveryListener(listener).build()) {
            for (String name : List.of("good", "refused", "later")) {
                client.trackEvent(name);
                assertThat(client.flush(LONG)).isTrue();
            }
            client.close();
            client.trackEvent("late");
        }
        assertThat(told)
                .containsExactly(
                        "delivered good 36",
                        "rejected refused, the collector answered 400",
                        "retried later, the collector answered 503",
                        "delivered later 36",
                        "dropped late CLOSED");
    }

    @Test
    void while_the_collector_is_down_one_request_at_a_time_asks() {
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger asking = new AtomicInteger();
        sink.answer(events -> {
            failed.incrementAndGet();
            return 503;
        });
        try (InternalEventsClient client = client().threadCount(4)
                .batchSize(1)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(5))
                .build()) {
            IntStream.range(0, 100).forEach(i -> client.trackEvent("e" + i));
            // Each of the four threads may have sent one request before the first failed; these are finished once three
            // of them wait.
            await().atMost(LONG).until(() -> failed.get() > 40 && threadsThatWaitForTheAnswer() >= 3);
            sink.answer(events -> {
                asking.incrementAndGet();
                try {
                    answers.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 200;
            });
            await().atMost(LONG).until(() -> asking.get() > 0 && threadsThatWaitForTheAnswer() >= 3);
            assertThat(asking).hasValue(1);
            answers.countDown();
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(100);
        }
    }

    /** Counts the sending threads that may send only after the one request in flight is answered. */
    private static long threadsThatWaitForTheAnswer() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Stream.of(stack)
                        .anyMatch(frame -> frame.getClassName().endsWith(".Endpoints")
                                && frame.getMethodName().equals("enter")))
                .count();
    }

    @Test
    void a_collector_that_asks_for_a_pause_is_asked_once_more_at_the_end() {
        IntStream.range(0, 100).forEach(i -> sink.nextAnswerHas("Retry-After", "60"));
        sink.answer(events -> 429);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("e");
            await().atMost(LONG).until(() -> client.stats().retries() == 1);
            assertThat(client.close(Duration.ofSeconds(2))).isEqualTo(1);
        }
        assertThat(sink.requests()).hasSize(2);
    }

    @Test
    void what_is_held_leaves_after_an_outage_by_itself() throws Exception {
        int port = sink.port();
        sink.close();
        try (InternalEventsClient client =
                client().backOff(Duration.ofMillis(1), Duration.ofMillis(20)).build()) {
            client.trackEvent("held");
            await().atMost(LONG).until(() -> client.stats().retries() > 2);
            try (FakeCollector restarted = new FakeCollector(port)) {
                await().atMost(LONG).until(() -> client.stats().delivered() == 1);
                assertThat(restarted.takenNames()).containsExactly("held");
            }
        }
    }

    @Test
    void requests_are_compressed_once_the_collector_says_that_it_takes_that() {
        sink.nextAnswerHas("Accept-Encoding", "br;q=1, gzip;q=0.5");
        try (InternalEventsClient client =
                client().compression(Compression.WHEN_ACCEPTED).build()) {
            for (int i = 0; i < 2; i++) {
                client.trackEvent("e" + i);
                assertThat(client.flush(LONG)).isTrue();
            }
        }
        assertThat(sink.takenNames()).containsExactly("e0", "e1");
        assertThat(sink.headers().get(0)).doesNotContainKey("Content-encoding");
        assertThat(sink.headers().get(1)).containsEntry("Content-encoding", List.of("gzip"));
    }

    @Test
    void a_collector_that_does_not_take_gzip_after_all_gets_plain_text() {
        sink.answer(
                events -> sink.headers().get(sink.headers().size() - 1).containsKey("Content-encoding") ? 415 : 200);
        try (InternalEventsClient client =
                client().compression(Compression.ALWAYS).build()) {
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(1);
        }
    }

    @Test
    void headers_are_sent_and_wrong_ones_refused() {
        try (InternalEventsClient client =
                client().header("X-Api-Key", "secret").build()) {
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.headers().get(0)).containsEntry("X-api-key", List.of("secret"));
        for (Map.Entry<String, String> wrong : Map.of("X-A", "b\r\nX-C: d", "Host", "elsewhere", "X B", "value of it")
                .entrySet()) {
            assertThatThrownBy(() ->
                            client().header(wrong.getKey(), wrong.getValue()).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("header \"" + wrong.getKey() + "\"")
                    .hasMessageNotContaining(wrong.getValue());
        }
    }

    @Test
    void requests_go_through_a_proxy() {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create("http://collector.invalid:8080"))
                .proxy(new InetSocketAddress("127.0.0.1", sink.port()))
                .build()) {
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).containsExactly("e");
        assertThat(sink.headers().get(0)).containsEntry("Host", List.of("collector.invalid:8080"));
    }

    @Test
    void tls_is_checked_against_the_collectors_name() throws Exception {
        SSLContext own = TestCertificate.create(folder, "localhost").context();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setHttpsConfigurator(new HttpsConfigurator(own));
        try (FakeCollector secure = new FakeCollector(server)) {
            try (InternalEventsClient client = InternalEventsClient.builder()
                    .endpoint(URI.create("https://localhost:" + secure.port()))
                    .tls(own)
                    .build()) {
                client.trackEvent("e");
                assertThat(client.flush(LONG)).isTrue();
            }
            assertThat(secure.takenNames()).containsExactly("e");
            // The same certificate with another host name, and an untrusted certificate.
            for (InternalEventsClient client : List.of(
                    InternalEventsClient.builder()
                            .endpoint(URI.create("https://127.0.0.1:" + secure.port()))
                            .tls(own)
                            .build(),
                    InternalEventsClient.builder()
                            .endpoint(URI.create("https://localhost:" + secure.port()))
                            .build())) {
                client.trackEvent("not_for_others");
                await().atMost(LONG).until(() -> client.lastFailure() != null);
                assertThat(client.close(Duration.ZERO)).isEqualTo(1);
            }
            assertThat(secure.takenNames()).containsExactly("e");
        }
    }

    private void trackOneThatIsUnderWay(InternalEventsClient client) {
        client.trackEvent("under_way");
        await().atMost(LONG).until(() -> sink.requests().size() == 1);
    }

    private InternalEventsClientBuilder client() {
        return InternalEventsClient.builder().endpoint(sink.url());
    }
}
