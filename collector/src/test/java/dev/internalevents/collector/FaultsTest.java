package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.iglu.HttpRegistry;
import dev.internalevents.spool.Durability;
import dev.internalevents.testkit.Payloads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults in a collector's environment, and what happens to acknowledged events. */
@Tag("slow")
class FaultsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String UNKNOWN_SCHEMA =
            Payloads.selfDescribingEvent("iglu:com.acme/thing/jsonschema/1-0-0", Map.of("n", 1));
    private static final String SCHEMA =
            "{\"self\":{\"vendor\":\"com.acme\",\"name\":\"thing\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"},"
                    + "\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"%s\"}}}";

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @Test
    void while_a_registry_is_down_its_events_wait_and_no_other_does() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        AtomicInteger asked = new AtomicInteger();
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/api/schemas/com.acme/thing/jsonschema/1-0-0", exchange -> {
            asked.incrementAndGet();
            boolean allowed = "the key".equals(exchange.getRequestHeaders().getFirst("apikey"));
            byte[] schema = SCHEMA.formatted("integer").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(allowed ? status.get() : 403, schema.length);
            exchange.getResponseBody().write(schema);
            exchange.close();
        });
        registry.start();
        try {
            collector.start(CollectorSettings.collector(folder).iglu(acme(registry, "/api", "the key")));
            collector.track(UNKNOWN_SCHEMA);
            await().atMost(LONG).until(() -> asked.get() > 1);
            collector.track("{\"e\":\"pv\"}");
            await().atMost(LONG)
                    .until(() -> collector.json("/micro/all").path("good").asInt() == 1);
            assertThat(collector.json("/micro/all").path("bad").asInt()).isZero();
            assertThat(collector.get("/ready").statusCode()).isEqualTo(200);
            assertThat(collector.get("/metrics").body()).contains("internal_events_requests_aside 1.0\n");

            status.set(200);
            await().atMost(LONG)
                    .until(() -> collector.json("/micro/all").path("good").asInt() == 2);
            assertThat(collector.get("/ready").statusCode()).isEqualTo(200);
        } finally {
            registry.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 302})
    void an_event_whose_schema_is_refused_fails_and_holds_up_no_other(int status) throws Exception {
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("Location", path);
            exchange.sendResponseHeaders(path.contains("com.acme/thing") ? status : 404, -1);
            exchange.close();
        });
        registry.start();
        try {
            collector.start(CollectorSettings.collector(folder).iglu(acme(registry, "", null)));
            collector.track(UNKNOWN_SCHEMA);
            collector.track("{\"e\":\"pv\"}");

            await().atMost(LONG)
                    .until(() -> collector.json("/micro/all").toString().equals("{\"total\":2,\"good\":1,\"bad\":1}"));
            assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                    .contains("the registry acme (127.0.0.1) answered " + status + " for this schema");
            assertThat(collector.get("/ready").statusCode()).isEqualTo(200);
        } finally {
            registry.stop(0);
        }
    }

    @Test
    void what_waits_for_a_registry_survives_a_restart_and_is_stored_once() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().contains("com.acme/thing");
            byte[] schema = SCHEMA.formatted("integer").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? status.get() : 404, schema.length);
            exchange.getResponseBody().write(schema);
            exchange.close();
        });
        registry.start();
        CollectorSettingsBuilder settings = CollectorSettings.collector(folder).iglu(acme(registry, "", null));
        String event = UNKNOWN_SCHEMA.replaceFirst("\\{", "{\"eid\":\"11111111-1111-4111-8111-111111111111\",");
        try {
            collector.start(settings);
            // Large enough that its frame is stored in several parts.
            byte[] noise = new byte[60_000];
            new Random(7).nextBytes(noise);
            String large = Base64.getEncoder().encodeToString(noise);
            collector.track(event + ",{\"e\":\"pv\",\"unused\":\"" + large + "\"}," + UNKNOWN_SCHEMA);
            collector.track(event);
            await().atMost(LONG)
                    .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 2.0\n"));
            collector.close();

            collector.start(settings);
            await().atMost(LONG)
                    .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 2.0\n"));
            assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
            status.set(200);
            await().atMost(LONG)
                    .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 0.0\n"));

            // The same event was sent twice.
            assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":3,\"good\":3,\"bad\":0}");
        } finally {
            registry.stop(0);
        }
    }

    @Test
    void a_store_that_is_deleted_while_it_is_in_use_is_made_again_and_what_is_lost_is_counted() throws Exception {
        collector.start(CollectorSettings.collector(folder));
        collector.track("{\"e\":\"pv\"},{\"e\":\"pv\"}");
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("total").asInt() == 2);
        Files.delete(folder.resolve("events.duckdb"));
        Files.deleteIfExists(folder.resolve("events.duckdb.wal"));

        collector.track("{\"e\":\"pv\"}");

        await().atMost(LONG)
                .until(() -> Files.exists(folder.resolve("events.duckdb"))
                        && collector.json("/micro/all").path("total").asInt() == 1);
        assertThat(collector.get("/metrics").body()).contains("internal_events_lost_events_total 2.0\n");
        collector.close();
        collector.start(CollectorSettings.collector(folder));
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("total").asInt() == 1);
    }

    @Test
    void a_failed_event_is_good_once_its_schema_is_mended() throws Exception {
        Path file = folder.resolve("iglu/schemas/com.acme/thing/jsonschema/1-0-0");
        Files.createDirectories(file.getParent());
        Files.writeString(file, SCHEMA.formatted("string"));
        collector.start(CollectorSettings.collector(folder.resolve("data"))
                .readYourWrites(true)
                .iglu(folder.resolve("iglu")));
        collector.track(UNKNOWN_SCHEMA + ",{\"e\":\"pv\"},{\"e\":\"nonsense\"}");
        assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":3,\"good\":1,\"bad\":2}");

        Files.writeString(file, SCHEMA.formatted("integer"));
        await().atMost(LONG)
                .until(() ->
                        collector.json("/micro/failed/retry", "").path("good").asInt() == 1);

        assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":3,\"good\":2,\"bad\":1}");
        assertThat(collector.json("/micro/good?limit=1").toString()).contains("com.acme/thing");
        // Retrying an event that is good by now does nothing.
        assertThat(collector.json("/micro/failed/retry?number=99", "").toString())
                .isEqualTo("{\"good\":0,\"stillFailed\":0,\"withoutRequest\":0}");
    }

    @Test
    void a_damaged_store_stops_no_sender_and_what_it_took_is_processed_when_there_is_a_store() throws Exception {
        Path file = folder.resolve("events.duckdb");
        Files.writeString(file, "this is no database");
        collector.start(CollectorSettings.collector(folder));
        collector.track("{\"e\":\"pv\"}");
        await().atMost(LONG)
                .until(() ->
                        collector.json("/ready").path("trouble").asString("").contains("cannot be opened"));
        assertThat(collector.get("/health").statusCode()).isEqualTo(200);
        assertThat(collector.json("/ready").path("trouble").asString()).contains("events.duckdb", "Move the file away");

        Files.move(file, folder.resolve("damaged"));

        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("good").asInt() == 1);
        assertThat(collector.get("/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void a_full_spool_refuses_with_503_and_nothing_that_was_acknowledged_is_lost() throws Exception {
        Files.writeString(folder.resolve("events.duckdb"), "nothing is processed while this is no database");
        collector.start(CollectorSettings.collector(folder)
                .durability(Durability.process())
                .maxSpoolBytes(1));
        // Random, so that it cannot be compressed.
        byte[] noise = new byte[750_000];
        new Random(1).nextBytes(noise);
        String large = "{\"e\":\"pv\",\"page\":\"" + Base64.getEncoder().encodeToString(noise) + "\"}";
        int taken = 0;
        int status = 200;
        while (status == 200 && taken < 200) {
            var answer = collector.post(TestCollector.TP2, TestCollector.payload(large));
            status = answer.statusCode();
            taken += status == 200 ? 1 : 0;
            if (status == 503) {
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            }
        }
        assertThat(status).isEqualTo(503);
        assertThat(collector.get("/health").statusCode()).isEqualTo(503);
        assertThat(taken).isBetween(20, 40);

        Files.delete(folder.resolve("events.duckdb"));

        int all = taken;
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("total").asInt() == all);
        await().atMost(LONG).until(() -> collector.get("/health").statusCode() == 200);
        collector.track("{\"e\":\"pv\"}");
    }

    @Test
    void what_was_taken_is_processed_before_it_stops() throws Exception {
        collector.start(CollectorSettings.collector(folder));
        for (int i = 0; i < 300; i++) {
            collector.track("{\"e\":\"pv\"},{\"e\":\"pv\"}");
        }
        collector.close();

        collector.start(CollectorSettings.collector(folder));
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("good").asInt() == 600);
        assertThatThrownBy(() -> Collector.start(
                        CollectorSettings.collector(folder).port(0).build()))
                .hasMessageContaining("is in use");
    }

    @Test
    void events_that_were_sent_without_an_id_have_the_same_one_when_they_are_processed_again() throws Exception {
        Files.writeString(folder.resolve("events.duckdb"), "not yet");
        collector.start(CollectorSettings.collector(folder));
        collector.track("{\"e\":\"pv\"},{\"e\":\"pv\"}");
        collector.close();
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
        copy(folder.resolve("spool"), copy.resolve("spool"));
        Files.delete(folder.resolve("events.duckdb"));

        assertThat(ids(folder)).hasSize(2).doesNotHaveDuplicates().isEqualTo(ids(copy));
    }

    private List<String> ids(Path data) throws Exception {
        collector.start(CollectorSettings.collector(data));
        await().atMost(LONG)
                .until(() -> collector.json("/micro/all").path("good").asInt() == 2);
        List<String> ids = collector
                .json("/micro/good")
                .valueStream()
                .map(event -> event.at("/event/event_id").asString())
                .toList();
        collector.close();
        return ids;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("lock")) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
    }

    @Test
    void metrics_name_a_registry_that_does_not_answer() throws Exception {
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        registry.start();
        try {
            collector.start(CollectorSettings.collector(folder).iglu(acme(registry, "/api", null)));
            String up = "\ninternal_events_registry_up{registry=\"acme (127.0.0.1)\"} ";
            assertThat(collector.get("/metrics").body()).contains(up + "1.0\n");

            collector.track(UNKNOWN_SCHEMA);

            await().atMost(LONG).until(() -> collector.get("/metrics").body().contains(up + "0.0\n"));
        } finally {
            registry.stop(0);
        }
    }

    @Test
    void a_stored_event_is_shown_while_later_ones_are_being_processed() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            asked.incrementAndGet();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        registry.start();
        try {
            collector.start(CollectorSettings.micro().iglu(acme(registry, "", null)));
            collector.track("{\"e\":\"pv\"}");
            assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(1);
            collector.track(UNKNOWN_SCHEMA);
            await().atMost(LONG).until(() -> asked.get() > 0);
            CompletableFuture<HttpResponse<String>> all = HttpClient.newHttpClient()
                    .sendAsync(collector.to("/micro/all").build(), HttpResponse.BodyHandlers.ofString());

            assertThat(collector.json("/micro/events/1").path("title").asString())
                    .isEqualTo("page_view");

            // It was asked before, and waits for the look-up.
            assertThat(all).isNotDone();
            released.countDown();
            assertThat(all.get().body()).contains("\"total\":2");
        } finally {
            released.countDown();
            registry.stop(0);
        }
    }

    private static HttpRegistry acme(HttpServer server, String path, @Nullable String key) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
        return new HttpRegistry(new HttpRegistry.Settings("acme", URI.create(url), key));
    }
}
