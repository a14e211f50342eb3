package dev.internalevents.metrics.ping;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.Week;
import dev.internalevents.metrics.Workload;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.protocol.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServicePingTest {

    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00.123456Z");
    private static final Installation INSTALLATION = new Installation(
            UUID.fromString("ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f"), "shop.example.com", "1.2.3", "container", "CE");

    @TempDir
    private Path folder;

    private Dictionary dictionary;

    @BeforeEach
    void define() throws IOException {
        file("events/asked.yml", "description: a\ninternal_events: true\naction: asked\ntiers: [free]\n");
        metric("counts.asked", "active", "internal_events", "[7d, all]", "events: [{name: asked}]");
        metric("counts.gone", "removed", "internal_events", "all", "events: [{name: asked}]");
        metric("settings.signup", "active", "system", "none", "value_json_schema: x");
        metric("license.plan", "active", "license", "none", "value_json_schema: x");
        metric("database.slow", "active", "database", "all", "value_json_schema: x");
        metric("database.wrong", "active", "database", "28d", "value_json_schema: x");
        dictionary = DefinitionFiles.load(folder);
    }

    private void metric(String keyPath, String status, String source, String frame, String more) throws IOException {
        file(
                "metrics/" + keyPath + ".yml",
                "key_path: " + keyPath + "\ndescription: a\nvalue_type: number\nstatus: " + status
                        + "\nremoved_by_url: x\nmilestone_removed: '1.0'\ntime_frame: " + frame + "\ndata_source: "
                        + source
                        + "\ntiers: [free]\n" + more + "\n");
    }

    private void file(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    @SuppressWarnings("unchecked")
    void has_every_active_metric_at_its_path_and_says_why_one_is_missing() {
        Counters counters = Counters.of(dictionary);
        MemoryMetricStore store = new MemoryMetricStore(counters);
        store.total(counters.all().get(0), Week.of(NOW.toEpochMilli()) - 1, 5);
        CountDownLatch never = new CountDownLatch(1);
        ServicePing ping = new ServicePing(
                INSTALLATION,
                dictionary,
                new Metrics(dictionary, counters, store, Clock.fixed(NOW, ZoneOffset.UTC)),
                Map.of(
                        DataSource.SYSTEM, (metric, frame) -> true,
                        DataSource.DATABASE,
                                (metric, frame) -> {
                                    if (metric.keyPath().equals("database.slow")) {
                                        never.await();
                                    }
                                    throw new IOException("no such table");
                                }),
                Duration.ofMillis(50),
                Clock.fixed(NOW, ZoneOffset.UTC));

        Map<String, Object> document = (Map<String, Object>) Json.parse(ping.json());

        assertThat(document)
                .containsEntry("uuid", "ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f")
                .containsEntry("hostname", "shop.example.com")
                .containsEntry("version", "1.2.3")
                .containsEntry("recorded_at", "2026-11-25T12:00:00.123Z")
                .containsEntry("counts", Map.of("asked", 5L, "asked_weekly", 5L))
                .containsEntry("settings", Map.of("signup", true))
                .containsEntry("license", Map.of("plan", -1L))
                .containsEntry("database", Map.of("slow", -1L, "wrong", -2L));
        List<Map<String, Object>> timings =
                (List<Map<String, Object>>) ((Map<String, Object>) document.get("metadata")).get("metrics");
        assertThat(timings).allSatisfy(timing -> assertThat(timing).containsKeys("name", "time_elapsed"));
        assertThat(timings)
                .filteredOn(timing -> timing.containsKey("error"))
                .extracting(timing -> timing.get("name") + ": " + timing.get("error"))
                .containsExactly(
                        "database.slow: it took longer than 0 seconds",
                        "database.wrong: java.lang.IllegalStateException: java.io.IOException: no such table",
                        "license.plan: there is no source for data_source: license");
    }

    @Test
    void a_store_that_is_away_makes_no_document_fail() {
        assertThat(countsOf(new Away(null))).isEqualTo(Map.of("asked", -1, "asked_weekly", -1));
    }

    @Test
    void a_store_that_fails_with_an_error_makes_no_document_fail() {
        assertThat(countsOf(new Away(new StackOverflowError()))).isEqualTo(Map.of("asked", -2, "asked_weekly", -2));
    }

    @Test
    void a_caller_whose_store_was_interrupted_stays_interrupted() {
        Object counts = countsOf(new Away(new InterruptedException("x")));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(counts).isEqualTo(Map.of("asked", -2, "asked_weekly", -2));
    }

    private Object countsOf(MetricStore store) {
        Counters counters = Counters.of(dictionary);
        ServicePing ping = new ServicePing(
                INSTALLATION,
                dictionary,
                new Metrics(dictionary, counters, store, Clock.systemUTC()),
                Map.of(),
                ServicePing.DEFAULT_TIMEOUT,
                Clock.systemUTC());

        return ping.document().get("counts");
    }

    @Test
    @SuppressWarnings("unchecked")
    void has_broken_metrics_older_ones_of_events_totals_by_value_and_its_own_values() throws IOException {
        metric("counts.broken", "broken", "internal_events", "7d", "events: [{name: asked}]");
        metric("hll.older", "active", "redis_hll", "7d", "events: [{name: asked, unique: user.id}]");
        metric("hll.oldest", "active", "redis_hll", "7d", "options: {events: [asked]}");
        metric("hostname", "active", "system", "none", "");
        metric("installation_type", "active", "system", "none", "");
        metric("recorded_at", "active", "license", "none", "");
        file(
                "events/cli.yml",
                "description: a\ninternal_events: true\naction: cli\ntiers: [free]\n"
                        + "additional_properties: {label: {description: a}}\n");
        file(
                "metrics/commands.yml",
                "key_path: counts.commands\ndescription: a\nvalue_type: object\nstatus: active\ntime_frame: 7d\n"
                        + "data_source: internal_events\ntiers: [free]\n"
                        + "events: [{name: cli, unique: label, operator: total}]\n");
        dictionary = DefinitionFiles.load(folder);
        Counters counters = Counters.of(dictionary);
        MemoryMetricStore store = new MemoryMetricStore(counters);
        long lastWeek = NOW.minus(Duration.ofDays(7)).toEpochMilli();
        counters.count(event("asked", lastWeek, "u1", null), store);
        counters.count(event("asked", lastWeek, "u1", null), store);
        counters.count(event("cli", lastWeek, "u1", "mr"), store);
        ServicePing ping = new ServicePing(
                INSTALLATION,
                dictionary,
                new Metrics(dictionary, counters, store, Clock.fixed(NOW, ZoneOffset.UTC)),
                Map.of(),
                ServicePing.DEFAULT_TIMEOUT,
                Clock.fixed(NOW, ZoneOffset.UTC));

        Map<String, Object> document = (Map<String, Object>) Json.parse(ping.json());

        assertThat((Map<String, Object>) document.get("counts"))
                .containsEntry("broken", 2L)
                .containsEntry("commands", Map.of("label", Map.of("mr", 1L)))
                .doesNotContainKey("gone");
        assertThat(document.get("hll")).isEqualTo(Map.of("older", 1L, "oldest", 1L));
        assertThat(document)
                .containsEntry("hostname", "shop.example.com")
                .containsEntry("installation_type", "container");
        Map<String, Object> metadata = (Map<String, Object>) document.get("metadata");
        assertThat(metadata).containsEntry("uuid", INSTALLATION.uuid().toString());
        assertThat((List<Map<String, Object>>) metadata.get("metrics"))
                .filteredOn(timing -> timing.containsKey("error"))
                .extracting(timing -> timing.get("name"))
                .containsExactly("database.slow", "database.wrong", "license.plan", "settings.signup");
    }

    private static Workload.Event event(String name, long epochMillis, String user, String label) {
        return new Workload.Event(name, epochMillis, user, null, null, label, null, null, Map.of());
    }

    @Test
    void a_ping_that_fails_is_reported_to_the_receiver() throws IOException {
        List<String> received = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().endsWith("errors") ? 201 : 503, -1);
            exchange.close();
        });
        server.start();
        try {
            SetClock clock = new SetClock();
            URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api/usage_data?a=b");
            boolean[] broken = {true};
            ServicePingSchedule schedule = ServicePingSchedule.idle(
                    () -> {
                        if (broken[0]) {
                            throw new IllegalStateException("no metrics " + "x".repeat(5_000));
                        }
                        return "{}";
                    },
                    INSTALLATION,
                    endpoint,
                    folder.resolve("last-ping"),
                    clock);

            schedule.look();
            broken[0] = false;
            clock.now = schedule.next();
            schedule.look();

            assertThat(received).hasSize(3);
            assertThat(received.get(0))
                    .startsWith("/api/usage_ping_errors {\"error\":{\"time\":\"2026-11-25T12:00:00.123Z\",\"uuid\":\""
                            + INSTALLATION.uuid()
                            + "\",\"hostname\":\"shop.example.com\",\"version\":\"1.2.3\",\"message\":\"no metrics xxx")
                    .containsPattern("x\",\"elapsed\":\\d+\\.\\d}}$")
                    .hasSizeLessThan(1_300);
            assertThat(received.get(1)).isEqualTo("/api/usage_data?a=b {}");
            assertThat(received.get(2)).contains("/api/usage_ping_errors ", "\"message\":\"it answered 503\"");
        } finally {
            server.stop(0);
        }
    }

    static List<Throwable> failures_without_a_message() {
        return List.of(new IllegalStateException(), new IllegalStateException(" \n"), new IllegalStateException("x") {
            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("failures_without_a_message")
    void a_failure_without_a_message_is_reported_by_its_class(Throwable failure) throws IOException {
        Map<?, ?> error = reported(() -> ServicePingTest.<RuntimeException>fail(failure));

        assertThat(error.get("message")).isEqualTo(failure.getClass().getName());
    }

    @Test
    void a_report_says_how_many_seconds_the_ping_took() throws IOException {
        long begun = System.nanoTime();
        Map<?, ?> error = reported(() -> {
            long entered = System.nanoTime();
            while (System.nanoTime() - entered < 200_000_000) {
                Thread.onSpinWait();
            }
            throw new IllegalStateException("no metrics");
        });
        double seconds = (System.nanoTime() - begun) / 1e9;

        assertThat(((Number) error.get("elapsed")).doubleValue()).isBetween(0.2, seconds + 0.05);
    }

    /** Returns the report of a ping that fails. */
    private Map<?, ?> reported(Runnable ping) throws IOException {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/usage_ping_errors", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });
        server.start();
        try {
            ServicePingSchedule.idle(
                            () -> {
                                ping.run();
                                return "{}";
                            },
                            INSTALLATION,
                            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/usage_data"),
                            folder.resolve("last-ping"),
                            new SetClock())
                    .look();
            return (Map<?, ?>) ((Map<?, ?>) Json.parse(received.remove())).get("error");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void is_sent_once_a_week_again_until_it_is_taken_and_not_twice_after_a_restart() throws IOException {
        List<String> received = new ArrayList<>();
        int[] status = {503};
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status[0], -1);
            exchange.close();
        });
        server.start();
        try {
            SetClock clock = new SetClock();
            URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ping");
            Path lastSent = folder.resolve("state/last-ping");
            ServicePingSchedule schedule =
                    ServicePingSchedule.idle(() -> "{\"uuid\":\"a\"}", endpoint, lastSent, clock);

            schedule.look();
            assertThat(received).hasSize(1);
            assertThat(schedule.next()).isEqualTo(clock.now.plusSeconds(60));
            clock.now = schedule.next();
            schedule.look();
            assertThat(schedule.next()).isEqualTo(clock.now.plusSeconds(120));
            status[0] = 204;
            clock.now = schedule.next();
            schedule.look();
            assertThat(received).hasSize(3).containsOnly("{\"uuid\":\"a\"}");
            assertThat(schedule.next()).isEqualTo(clock.now.plus(Duration.ofDays(7)));
            schedule.look();
            assertThat(received).hasSize(3);

            ServicePingSchedule again = ServicePingSchedule.idle(() -> "{}", endpoint, lastSent, clock);
            again.look();
            assertThat(received).hasSize(3);
            clock.now = clock.now.plus(Duration.ofDays(8));
            again.look();
            assertThat(received).hasSize(4);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void one_that_was_sent_under_a_clock_of_2100_holds_up_the_next_for_a_week_at_most() throws IOException {
        Path lastSent = Files.writeString(folder.resolve("last-ping"), "2100-01-01T00:00:00Z");
        SetClock clock = new SetClock();
        ServicePingSchedule schedule =
                ServicePingSchedule.idle(() -> "{}", URI.create("http://127.0.0.1:9/"), lastSent, clock);

        schedule.look();

        assertThat(schedule.next()).isEqualTo(clock.now.plus(Duration.ofDays(7)));
    }

    @Test
    void a_folder_in_the_place_of_its_file_is_set_aside() throws IOException {
        Path lastSent = folder.resolve("last-ping");
        Files.createDirectories(lastSent.resolve("something"));

        ServicePingSchedule.idle(() -> "{}", URI.create("http://127.0.0.1:9/"), lastSent, new SetClock());

        assertThat(folder.resolve("last-ping.damaged/something")).isDirectory();
        assertThat(lastSent).doesNotExist();
    }

    @Test
    void a_source_for_older_metrics_answers_instead_of_the_counters() throws IOException {
        metric("hll.older", "active", "redis_hll", "7d", "events: [{name: asked, unique: user.id}]");
        dictionary = DefinitionFiles.load(folder);

        assertThat(ping(Map.of()).document().get("hll")).isEqualTo(Map.of("older", 0L));
        assertThat(ping(Map.of(DataSource.REDIS_HLL, (metric, frame) -> 77))
                        .document()
                        .get("hll"))
                .isEqualTo(Map.of("older", 77L));
    }

    @Test
    @SuppressWarnings("unchecked")
    void no_metric_took_longer_than_the_whole_document() throws IOException {
        metric("hostname", "active", "system", "none", "");
        dictionary = DefinitionFiles.load(folder);
        ServicePing ping =
                ping(Map.of(DataSource.SYSTEM, (metric, frame) -> true, DataSource.DATABASE, (metric, frame) -> {
                    throw new IOException("no such table");
                }));

        long begun = System.nanoTime();
        Map<String, Object> metadata = (Map<String, Object>) ping.document().get("metadata");
        double seconds = (System.nanoTime() - begun) / 1e9;

        assertThat((List<Map<String, Object>>) metadata.get("metrics"))
                .hasSizeGreaterThan(5)
                .allSatisfy(timing ->
                        assertThat((Double) timing.get("time_elapsed")).isBetween(0.0, seconds));
    }

    @Test
    void a_source_is_asked_on_a_daemon_thread() {
        List<Boolean> daemon = new ArrayList<>();

        ping(Map.of(
                        DataSource.SYSTEM,
                        (metric, frame) -> daemon.add(Thread.currentThread().isDaemon())))
                .document();

        assertThat(daemon).containsExactly(true);
    }

    @Test
    void an_interrupted_caller_stays_interrupted_and_has_a_document() {
        CountDownLatch asked = new CountDownLatch(1);
        ServicePing ping = ping(Map.of(DataSource.SYSTEM, (metric, frame) -> asked.await(30, TimeUnit.SECONDS)));
        Thread.currentThread().interrupt();

        Map<String, Object> document = ping.document();

        assertThat(Thread.interrupted()).isTrue();
        asked.countDown();
        assertThat(document.get("settings")).isEqualTo(Map.of("signup", ServicePing.UNAVAILABLE));
    }

    @Test
    void a_started_schedule_sends_on_a_daemon_thread_that_ends_when_it_is_closed() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            ServicePingSchedule schedule = ServicePingSchedule.start(
                    () -> "{\"sent\":true}",
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ping"),
                    folder.resolve("last-ping"));
            Thread thread = Thread.getAllStackTraces().keySet().stream()
                    .filter(one -> one.getName().equals("internal-events-service-ping"))
                    .findFirst()
                    .orElseThrow();

            assertThat(received.poll(1, TimeUnit.MINUTES)).isEqualTo("{\"sent\":true}");
            assertThat(thread.isDaemon()).isTrue();
            schedule.close();
            thread.join(Duration.ofMinutes(1).toMillis());
            assertThat(thread.isAlive()).isFalse();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void closing_interrupts_a_ping_that_is_being_created() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Thread> interrupted = new CompletableFuture<>();
        ServicePingSchedule schedule = ServicePingSchedule.start(
                () -> {
                    begun.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        interrupted.complete(Thread.currentThread());
                    }
                    throw new IllegalStateException("closed");
                },
                URI.create("http://127.0.0.1:9/"),
                folder.resolve("last-ping"));
        begun.await();

        schedule.close();

        interrupted.get(1, TimeUnit.MINUTES).join(Duration.ofMinutes(1).toMillis());
        assertThat(interrupted.join().isAlive()).isFalse();
    }

    @Test
    void the_delays_between_retries_double_up_to_six_hours() {
        SetClock clock = new SetClock();
        ServicePingSchedule schedule = ServicePingSchedule.idle(
                () -> {
                    throw new IllegalStateException("no metrics");
                },
                URI.create("http://127.0.0.1:9/"),
                folder.resolve("last-ping"),
                clock);

        List<Long> minutes = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            schedule.look();
            minutes.add(Duration.between(clock.now, schedule.next()).toMinutes());
            clock.now = schedule.next();
        }

        assertThat(minutes).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 360L, 360L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1000000000-12-31T23:59:59.999999999Z",
                "+1000000000-12-25T00:00:00Z",
                "",
                "yesterday",
                "2026-11-25",
                "\0\0\0\0",
                "\u00e4"
            })
    void a_damaged_file_is_set_aside_and_a_ping_is_sent_at_once(String text) throws IOException {
        Path lastSent = Files.writeString(folder.resolve("last-ping"), text);

        ServicePingSchedule schedule =
                ServicePingSchedule.idle(() -> "{}", URI.create("http://127.0.0.1:9/"), lastSent, new SetClock());

        assertThat(schedule.next()).isBefore(NOW);
        assertThat(folder.resolve("last-ping.damaged")).hasContent(text);
        assertThat(lastSent).doesNotExist();
    }

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("x"),
                new StackOverflowError(),
                new ServiceConfigurationError("x"),
                new Error("x"),
                new OutOfMemoryError("Java heap space"),
                new InterruptedException("x"),
                new IOException("x"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_ping_whose_code_fails_in_any_way_is_retried(Throwable failure) throws IOException {
        SetClock clock = new SetClock();
        ServicePingSchedule schedule = ServicePingSchedule.idle(
                () -> {
                    ServicePingTest.<RuntimeException>fail(failure);
                    return "{}";
                },
                INSTALLATION,
                URI.create("http://127.0.0.1:9/"),
                folder.resolve("last-ping"),
                clock);

        schedule.look();
        assertThat(schedule.next()).isEqualTo(clock.now.plusSeconds(60));
        clock.now = schedule.next();
        schedule.look();
        assertThat(schedule.next()).isEqualTo(clock.now.plusSeconds(120));
    }

    /** Throws a failure without declaring it, as code of other languages and of some libraries does. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void fail(Throwable failure) throws E {
        throw (E) failure;
    }

    /** Sends a part of an answer, or none, and then nothing until the test ends. */
    private interface Receiver {
        void answer(HttpExchange exchange) throws IOException;
    }

    static Map<String, Receiver> receivers() {
        return Map.of(
                "nothing", exchange -> {},
                "headers", exchange -> exchange.sendResponseHeaders(200, 1_000_000),
                "begun",
                        exchange -> {
                            exchange.sendResponseHeaders(200, 1_000_000);
                            exchange.getResponseBody().write(new byte[10]);
                            exchange.getResponseBody().flush();
                        },
                "endless",
                        exchange -> {
                            exchange.sendResponseHeaders(200, 0);
                            byte[] some = new byte[8_192];
                            for (int i = 0; i < 1_000_000; i++) {
                                exchange.getResponseBody().write(some);
                            }
                        });
    }

    @ParameterizedTest
    @CsvSource({"nothing, 60", "headers, 604800", "begun, 604800", "endless, 604800"})
    @Timeout(60)
    void a_receiver_that_does_not_end_its_answer_does_not_stop_the_schedule(String kind, long secondsToNext)
            throws IOException {
        CountDownLatch testEnds = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            receivers().get(kind).answer(exchange);
            await(testEnds);
        });
        server.start();
        try {
            SetClock clock = new SetClock();
            ServicePingSchedule schedule = ServicePingSchedule.idle(
                    () -> "{}",
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ping"),
                    folder.resolve("last-ping"),
                    clock,
                    Duration.ofSeconds(2));

            schedule.look();

            assertThat(schedule.next()).isEqualTo(clock.now.plusSeconds(secondsToNext));
        } finally {
            testEnds.countDown();
            server.stop(0);
        }
    }

    /** Creates a ping without events. */
    private ServicePing ping(Map<DataSource, PingSource> sources) {
        Counters counters = Counters.of(dictionary);
        return new ServicePing(
                INSTALLATION,
                dictionary,
                new Metrics(dictionary, counters, new MemoryMetricStore(counters), Clock.fixed(NOW, ZoneOffset.UTC)),
                sources,
                ServicePing.DEFAULT_TIMEOUT,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static final class SetClock extends Clock {

        private Instant now = NOW;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static final class Away implements MetricStore {

        private final @Nullable Throwable failure;

        private Away(@Nullable Throwable failure) {
            this.failure = failure;
        }

        private MetricStoreException away() {
            if (failure != null) {
                ServicePingTest.<RuntimeException>fail(failure);
            }
            return new MetricStoreException("away", new IOException());
        }

        @Override
        public void apply(Increments batch, Position position) {
            throw away();
        }

        @Override
        public void checkpoint() {
            throw away();
        }

        @Override
        public Position durable() {
            return null;
        }

        @Override
        public BigDecimal count(Collection<Counter> counters, int[] weeks) {
            throw away();
        }

        @Override
        public long unique(Collection<Counter> counters, int[] weeks) {
            throw away();
        }

        @Override
        public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
            throw away();
        }

        @Override
        public void close() {}
    }
}
