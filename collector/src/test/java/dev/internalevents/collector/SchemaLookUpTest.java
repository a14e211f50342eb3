package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.iglu.HttpRegistry;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.Payloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Queries to a local collector while schemas are looked up in registries on the network. */
@Tag("slow")
class SchemaLookUpTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SCHEMA =
            "{\"self\":{\"vendor\":\"com.acme\",\"name\":\"%s\",\"format\":\"jsonschema\",\"version\":\"%s\"},"
                    + "\"type\":\"object\"%s}";

    private final List<HttpServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** The latches of schemas that the registry answers only when the latch is open. */
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

    private final Map<String, CountDownLatch> asked = new ConcurrentHashMap<>();
    private final AtomicInteger status = new AtomicInteger(200);
    private CapturedLog log;

    @TempDir
    Path folder;

    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void readLog() {
        log = CapturedLog.of("dev.internalevents.iglu.LookUps");
    }

    @AfterEach
    void stop() {
        held.values().forEach(CountDownLatch::countDown);
        collector.close();
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
        log.close();
    }

    private HttpRegistry registry(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        servers.add(server);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                String[] path = exchange.getRequestURI().getPath().split("/", -1);
                String schema = path[3] + "/" + path[5];
                asked.computeIfAbsent(schema, key -> new CountDownLatch(1)).countDown();
                CountDownLatch until = held.get(schema);
                if (until != null) {
                    until.await();
                }
                String superseded = schema.equals("old/1-0-0") ? ",\"$supersededBy\":\"1-0-1\"" : "";
                byte[] body = SCHEMA.formatted(path[3], path[5], superseded).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status.get(), body.length);
                exchange.getResponseBody().write(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        return new HttpRegistry(new HttpRegistry.Settings(
                name, URI.create("http://127.0.0.1:" + server.getAddress().getPort()), null));
    }

    private void start(boolean inFolder, HttpRegistry... registries) throws IOException {
        CollectorSettingsBuilder settings =
                inFolder ? CollectorSettings.collector(folder).readYourWrites(true) : CollectorSettings.micro();
        for (HttpRegistry registry : registries) {
            settings.iglu(registry);
        }
        collector.start(settings);
    }

    private CountDownLatch hold(String schema) {
        CountDownLatch until = new CountDownLatch(1);
        held.put(schema, until);
        return until;
    }

    private void track(String... schemas) throws Exception {
        List<String> events = new ArrayList<>();
        for (String schema : schemas) {
            String[] parts = schema.split("/", -1);
            events.add(Payloads.selfDescribingEvent("iglu:com.acme/" + parts[0] + "/jsonschema/" + parts[1], Map.of()));
        }
        collector.track(events.toArray(String[]::new));
    }

    private void awaitAside(int requests) {
        await().atMost(LONG).until(() -> collector.processor().aside() == requests);
    }

    private CompletableFuture<JsonNode> ask(String path) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return JsonMapper.shared()
                                .readTree(
                                        collector.once(collector.to(path).GET()).body());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    private static void assertWaits(CompletableFuture<JsonNode> answer) {
        assertThatThrownBy(() -> answer.get(1_000, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_first_question_has_an_event_whose_schema_a_registry_is_just_sending(boolean inFolder) throws Exception {
        CountDownLatch until = hold("thing/1-0-0");
        start(inFolder, registry("acme"));
        track("thing/1-0-0");
        awaitAside(1);

        CompletableFuture<JsonNode> all = ask("/micro/all");
        CompletableFuture<JsonNode> good = ask("/micro/good");
        assertWaits(all);
        until.countDown();
        assertThat(all.get(30, TimeUnit.SECONDS)).hasToString("{\"total\":1,\"good\":1,\"bad\":0}");
        assertThat(good.get(30, TimeUnit.SECONDS).size()).isEqualTo(1);
    }

    @Test
    void schemas_that_are_looked_up_one_after_the_other_are_one_wait() throws Exception {
        CountDownLatch old = hold("old/1-0-0");
        CountDownLatch superseding = hold("old/1-0-1");
        CountDownLatch askedAgain = asked.computeIfAbsent("old/1-0-1", key -> new CountDownLatch(1));
        start(false, registry("acme"));
        track("old/1-0-0");
        awaitAside(1);

        CompletableFuture<JsonNode> all = ask("/micro/all");
        old.countDown();
        assertThat(askedAgain.await(30, TimeUnit.SECONDS)).isTrue();
        assertWaits(all);
        superseding.countDown();
        assertThat(all.get(30, TimeUnit.SECONDS)).hasToString("{\"total\":1,\"good\":1,\"bad\":0}");
    }

    @Test
    void an_event_is_judged_when_its_schema_comes_though_another_of_its_request_waits_on() throws Exception {
        CountDownLatch thing = hold("thing/1-0-0");
        hold("other/1-0-0");
        start(false, registry("acme"));
        track("thing/1-0-0", "other/1-0-0");
        awaitAside(1);
        CompletableFuture<JsonNode> all = ask("/micro/all");
        thing.countDown();
        await().atMost(LONG)
                .until(() -> collector.processor().store().join().summary(null).good() == 1);
        // The look-up of the other schema is still in flight.
        assertThat(all).isNotDone();
        assertThat(all.get(30, TimeUnit.SECONDS)).hasToString("{\"total\":1,\"good\":1,\"bad\":0}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_question_waits_for_a_registry_that_answers_503(boolean inFolder) throws Exception {
        status.set(503);
        start(inFolder, registry("acme"));
        track("thing/1-0-0");
        awaitAside(1);
        for (int i = 0; i < 5; i++) {
            // A query that waited for the event would see it as failed.
            assertThat(collector.json("/micro/all")).hasToString("{\"total\":0,\"good\":0,\"bad\":0}");
        }
        assertThat(collector.json("/ready").path("requestsWaitingForSchemas").asInt())
                .isEqualTo(1);
        status.set(200);
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("good").asInt() == 1);
        assertThat(collector.json("/ready").path("requestsWaitingForSchemas").asInt())
                .isZero();
        assertThat(log.events())
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(
                                Level.WARN,
                                "the registry acme (127.0.0.1) does not answer, and is tried again: status 503"),
                        tuple(Level.INFO, "the registry acme (127.0.0.1) answers again"));
    }

    @Test
    void a_question_waits_for_a_registry_that_hangs_for_one_look_up_and_other_events_are_judged() throws Exception {
        hold("thing/1-0-0");
        start(false, registry("acme"));
        track("thing/1-0-0");
        awaitAside(1);
        CompletableFuture<JsonNode> all = ask("/micro/all");
        collector.track("{\"e\":\"pv\"}");
        await().atMost(LONG)
                .until(() -> collector.processor().store().join().summary(null).good() == 1);
        assertThat(all).isNotDone();
        // The event fails only after its look-up has failed, so the query did not wait for the look-up.
        assertThat(all.get(30, TimeUnit.SECONDS)).hasToString("{\"total\":1,\"good\":1,\"bad\":0}");
    }

    @Test
    void an_event_fails_with_the_reason_if_its_registry_refuses_connections_and_the_log_says_so_once()
            throws Exception {
        HttpRegistry refusing = registry("acme");
        servers.get(0).stop(0);
        start(false, refusing);
        track("thing/1-0-0", "thing/1-0-1");
        track("thing/1-0-2");
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("bad").asInt() == 3);
        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains("the registry acme (127.0.0.1) does not answer")
                .contains("it has waited for 7 seconds, and is tried again when the registry answers");
        assertThat(collector.json("/ready").path("requestsWaitingForSchemas").asInt())
                .isZero();
        assertThat(log.events()).hasSize(1);
        assertThat(log.events().get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.events().get(0).getFormattedMessage())
                .startsWith("the registry acme (127.0.0.1) does not answer, and is tried again: ");
    }
}
