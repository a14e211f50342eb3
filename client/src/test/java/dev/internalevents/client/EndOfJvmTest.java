package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.testkit.ChildJvm;
import dev.internalevents.testkit.FakeCollector;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Events that requests track while they finish, and events that an interrupted thread tracks or closes with, are not
 * lost.
 */
@Tag("slow")
class EndOfJvmTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int REQUESTS = 20;

    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void requests_that_finish_after_sigterm_are_tracked(boolean withOutbox, boolean withScope) throws Exception {
        String outbox = withOutbox ? folder.resolve("outbox").toString() : "";
        Process process = start(ChildJvm.of(Serves.class, sink.url().toString(), outbox, String.valueOf(withScope))
                .redirectError(ProcessBuilder.Redirect.DISCARD));
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        URI url = URI.create(next(out, "http"));
        HttpClient http = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(
                        () -> http.sendAsync(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString()))
                .limit(REQUESTS)
                .toList();
        for (int i = 0; i < REQUESTS; i++) {
            next(out, "started");
        }
        process.destroy();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.takenNames().stream().filter("request_started"::equals)).hasSize(REQUESTS);
        assertThat(sink.takenNames().stream().filter("request_finished"::equals))
                .hasSize(REQUESTS);
    }

    @Test
    void a_collector_that_is_away_does_not_keep_the_jvm_beyond_the_time_to_close() throws Exception {
        sink.answer(events -> 503);
        Process process = start(ChildJvm.of(Serves.class, sink.url().toString(), "", "true")
                .redirectError(ProcessBuilder.Redirect.DISCARD));
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        URI url = URI.create(next(out, "http"));
        CompletableFuture<HttpResponse<String>> answer = HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        next(out, "started");
        process.destroy();
        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in_a_scope", "scope_of_a_thread_that_ended", "many_scopes_cleared"})
    void scopes_in_which_no_request_is_served_do_not_hold_up_the_end(String where) throws Exception {
        Process process = start(ChildJvm.of(Exits.class, sink.url().toString(), where)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.takenNames()).containsExactly("last");
    }

    /** Leaves a scope open that no longer belongs to a request, and calls System.exit. */
    static final class Exits {

        public static void main(String[] arguments) throws InterruptedException {
            InternalEventsClient client = InternalEventsClient.builder()
                    .endpoint(URI.create(arguments[0]))
                    .closeTimeout(Duration.ofHours(1))
                    .build();
            switch (arguments[1]) {
                case "scope_of_a_thread_that_ended" -> {
                    Thread forgetting = new Thread(Exits::open);
                    forgetting.start();
                    forgetting.join();
                }
                case "many_scopes_cleared" -> {
                    CountDownLatch cleared = new CountDownLatch(1);
                    Thread clearing = new Thread(() -> {
                        for (int i = 0; i < 2 * OpenScope.MAX_DEPTH + 50; i++) {
                            open();
                        }
                        RequestTracking.clear();
                        cleared.countDown();
                        LockSupport.park(cleared);
                    });
                    clearing.start();
                    cleared.await();
                }
                default -> open();
            }
            client.trackEvent("last");
            System.exit(0);
        }

        private static void open() {
            Scope forgotten = EventContext.builder().correlationId("c").build().makeCurrent();
            System.out.println("left open: " + forgotten);
        }
    }

    private Process start(ProcessBuilder child) throws IOException {
        Process process = child.start();
        processes.add(process);
        return process;
    }

    /** Returns the next line with this beginning, skipping log lines. */
    private static String next(BufferedReader out, String beginning) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith(beginning)) {
            line = out.readLine();
        }
        assertThat(line).isNotNull();
        return line;
    }

    @Test
    void a_listener_that_closes_as_the_jvm_ends_loses_nothing() throws Exception {
        sink.answer(events -> 200);
        Process process = start(ChildJvm.of(ListenerCloses.class, sink.url().toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.takenNames()).hasSize(ListenerCloses.EVENTS);
    }

    /** Tracks, closes in a listener, and exits. */
    static final class ListenerCloses {

        static final int EVENTS = 200;

        public static void main(String[] arguments) throws Exception {
            CountDownLatch closing = new CountDownLatch(1);
            InternalEventsClient[] client = new InternalEventsClient[1];
            client[0] = InternalEventsClient.builder()
                    .endpoint(URI.create(arguments[0]))
                    .batchSize(1)
                    .deliveryListener(new DeliveryListener() {
                        @Override
                        public void onDelivered(List<SentEvent> events) {
                            client[0].close();
                            closing.countDown();
                        }
                    })
                    .build();
            for (int i = 0; i < EVENTS; i++) {
                client[0].trackEvent("e" + i);
            }
            closing.await();
            System.exit(0);
        }
    }

    @Test
    void a_long_close_that_the_end_of_the_jvm_overtakes_says_what_is_left() throws Exception {
        sink.answer(events -> 503);
        Path log = folder.resolve("log");
        Process process = start(ChildJvm.of(ClosesLong.class, sink.url().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(log).content().contains("the client was closed before the collector accepted it");
    }

    /** Closes with a timeout of an hour, and exits in the meantime. */
    static final class ClosesLong {

        public static void main(String[] arguments) throws Exception {
            InternalEventsClient client = InternalEventsClient.builder()
                    .endpoint(URI.create(arguments[0]))
                    .closeTimeout(Duration.ofMillis(500))
                    .build();
            for (int i = 0; i < 5; i++) {
                client.trackEvent("e");
            }
            Thread closing = new Thread(() -> client.close(Duration.ofHours(1)));
            closing.start();
            while (closing.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            System.exit(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_interrupted_thread_that_closes_waits_all_the_same(boolean withOutbox) throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        sink.answerAfter(answer);
        InternalEventsClientBuilder builder = InternalEventsClient.builder().endpoint(sink.url());
        InternalEventsClient client =
                withOutbox ? builder.outbox(folder.resolve("outbox")).build() : builder.build();
        for (int i = 0; i < 5; i++) {
            client.trackEvent("e" + i);
        }
        CompletableFuture<Boolean> closing = new CompletableFuture<>();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            long left = client.close(LONG);
            closing.complete(left == 0 && Thread.currentThread().isInterrupted());
        });
        closer.start();
        await().atMost(LONG).until(() -> closer.getState() == Thread.State.TIMED_WAITING);
        answer.countDown();
        assertThat(closing.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.takenNames()).hasSize(5);
    }

    @Test
    void interrupted_threads_that_track_leave_the_outbox_in_order() throws Exception {
        sink.answer(events -> 503);
        Path outbox = folder.resolve("outbox");
        String text = "y".repeat(1_800);
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(sink.url())
                .outbox(outbox)
                .batchSize(250)
                .queueCapacity(1)
                .build()) {
            Thread tracking = new Thread(() -> {
                for (int i = 0; i < 12_000; i++) {
                    Thread.currentThread().interrupt();
                    client.trackEvent("job_cancelled", AdditionalProperties.of("x", text));
                }
            });
            tracking.start();
            tracking.join();
            assertThat(client.outboxFailure()).isNull();
            assertThat(client.stats()).matches(stats -> stats.dropped() == 0 && stats.spooled() == 12_000);
            client.close(Duration.ZERO);
        }
    }

    /** Serves requests that track at their start and end, and shuts down like a server. */
    static final class Serves {

        public static void main(String[] arguments) throws IOException {
            InternalEventsClientBuilder builder = InternalEventsClient.builder().endpoint(URI.create(arguments[0]));
            InternalEventsClient client = arguments[1].isEmpty()
                    ? builder.build()
                    : builder.outbox(Path.of(arguments[1])).build();
            boolean withScope = Boolean.parseBoolean(arguments[2]);
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            server.setExecutor(Executors.newCachedThreadPool());
            CountDownLatch ending = new CountDownLatch(1);
            server.createContext("/", exchange -> {
                try (Scope ignored = withScope
                        ? EventContext.builder().correlationId("c").build().makeCurrent()
                        : () -> {}) {
                    client.trackEvent("request_started");
                    System.out.println("started");
                    ending.await();
                    TimeUnit.MILLISECONDS.sleep(1_500);
                    client.trackEvent("request_finished");
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ending.countDown();
                server.stop(5);
            }));
            server.start();
            System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            List<Object> kept = new ArrayList<>(List.of(client, server));
            kept.clear();
        }
    }
}
