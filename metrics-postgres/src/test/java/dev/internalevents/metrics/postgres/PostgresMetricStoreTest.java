package dev.internalevents.metrics.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.metrics.BrokenCounterException;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Week;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresMetricStoreTest extends MetricStoreContract {

    private static final UUID QUEUE = UUID.fromString("6f1e2b0a-3d5c-4a70-9d7e-5b9f0c3a1e11");

    @TempDir
    private static Path serverFolder;

    private static PostgresServer server;

    private String address;
    private String database;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(serverFolder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        address = server.newDatabase();
        database = PostgresServer.database(address);
    }

    @Override
    protected MetricStore open(Counters counters) {
        return PostgresServer.open(address);
    }

    private Increments batch(int events) {
        Increments batch = new Increments();
        Workload.events(events, event -> counters.count(event, batch));
        return batch;
    }

    @Test
    void a_late_batch_is_not_added_to_newer_ones() {
        try (MetricStore store = open(counters);
                MetricStore other = open(counters)) {
            store.apply(batch(1_000), new Position(QUEUE, 2, 40));
            other.apply(batch(1_000), new Position(QUEUE, 2, 39));
            other.apply(batch(1_000), new Position(QUEUE, 1, 500));
            other.apply(batch(1_000), new Position(QUEUE, 2, 40));

            assertEqualsRecount(store, 1_000);
            assertThat(other.applied(QUEUE)).isEqualTo(new Position(QUEUE, 2, 40));
            assertThat(other.applied(UUID.randomUUID())).isNull();
        }
    }

    @Test
    void instances_share_their_counters() throws IOException {
        int[] at = {0};
        try (QueuedEventCounter one = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue-1"), SpoolSettings.DEFAULTS);
                QueuedEventCounter two = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue-2"), SpoolSettings.DEFAULTS);
                MetricStore store = open(counters)) {
            Workload.events(40_000, event -> (at[0]++ % 2 == 0 ? one : two).count(event));
            assertThat(one.settle(Duration.ofSeconds(120))).isTrue();
            assertThat(two.settle(Duration.ofSeconds(120))).isTrue();

            assertEqualsRecount(store, 40_000);
        }
    }

    /** Eight stores, each with its own connection, add to the same counts, sums and sketches at once. */
    @Test
    void writers_at_once_lose_nothing() {
        Counter unique = counter("opened unique user.id");
        Counter byLabel = counter("opened total by label");
        Counter total = counter("opened total");
        int week = Week.of(Workload.NOW.toEpochMilli());
        int writers = 8;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            CompletableFuture.allOf(IntStream.range(0, writers)
                            .mapToObj(writer -> CompletableFuture.runAsync(
                                    () -> {
                                        UUID queue = UUID.randomUUID();
                                        try (MetricStore store = open(counters)) {
                                            for (int part = 0; part < 20; part++) {
                                                Increments batch = new Increments();
                                                for (int i = 0; i < 100; i++) {
                                                    int id = writer * 2_000 + part * 100 + i;
                                                    batch.unique(unique, week, "u" + id);
                                                    batch.unique(unique, week, "shared" + i % 7);
                                                    batch.totalBy(byLabel, week, "l" + id % 1_500, 1);
                                                    batch.total(total, week, 1);
                                                }
                                                store.apply(batch, new Position(queue, 1, part + 1));
                                            }
                                        }
                                    },
                                    threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            threads.shutdown();
        }
        try (MetricStore store = open(counters)) {
            int[] weeks = {week};
            assertThat(store.count(List.of(total), weeks)).isEqualByComparingTo("16000");
            Map<String, Long> byValue = store.totalsBy(List.of(byLabel), weeks);
            assertThat(byValue).hasSize(1_001);
            assertThat(byValue.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(16_000);
            // The sketch is the same as that of one writer.
            try (PostgresMetricStore one = PostgresServer.open(server.newDatabase())) {
                Increments all = new Increments();
                IntStream.range(0, 16_000).forEach(id -> all.unique(unique, week, "u" + id));
                IntStream.range(0, 7).forEach(id -> all.unique(unique, week, "shared" + id));
                one.apply(all, new Position(QUEUE, 1, 1));
                assertThat(store.unique(List.of(unique), weeks)).isEqualTo(one.unique(List.of(unique), weeks));
            }
        }
    }

    private Counter counter(String name) {
        return counters.all().stream()
                .filter(counter -> counter.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in " + counters.all()));
    }

    @Test
    void processes_that_start_at_once_create_the_tables_once() {
        int processes = 12;
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        try {
            CompletableFuture.allOf(IntStream.range(0, processes)
                            .mapToObj(process -> CompletableFuture.runAsync(
                                    () -> {
                                        try (MetricStore store = open(counters)) {
                                            store.apply(batch(100), new Position(UUID.randomUUID(), 1, 1));
                                        }
                                    },
                                    threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            threads.shutdown();
        }
        assertThat(server.query(database, "SELECT count(*) FROM internal_events_version"))
                .isEqualTo("1");
        assertThat(server.query(database, "SELECT count(*) FROM internal_events_queue"))
                .isEqualTo("12");
    }

    @Test
    void nothing_is_created_by_reading() {
        try (MetricStore store = open(counters)) {
            assertThat(store.count(counters.all(), MetricStore.ALL_TIME)).isZero();
            assertThat(store.unique(counters.all(), MetricStore.ALL_TIME)).isZero();
            assertThat(store.totalsBy(counters.all(), MetricStore.ALL_TIME)).isEmpty();
        }
        assertThat(server.query(database, "SELECT to_regclass('internal_events_version')"))
                .isEqualTo("null");
    }

    @Test
    void tables_of_another_version_are_refused() {
        try (MetricStore store = open(counters)) {
            store.apply(batch(10), new Position(QUEUE, 1, 1));
        }
        server.execute(database, "UPDATE internal_events_version SET version = 2");
        try (MetricStore store = open(counters)) {
            assertThatThrownBy(() -> store.apply(batch(10), new Position(QUEUE, 1, 2)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessage("PostgreSQL at 127.0.0.1:" + server.port() + "/" + database
                            + ": the tables have version 2, expected 1; update this library to the version that wrote"
                            + " them, or name another schema with schema=NAME");
            assertThatThrownBy(() -> store.count(counters.all(), MetricStore.ALL_TIME))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("expected 1");
        }
    }

    @Test
    void a_database_that_cannot_store_every_text_is_refused() {
        server.execute(
                "postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        try (MetricStore store = PostgresServer.open("postgresql://postgres@127.0.0.1:" + server.port() + "/latin")) {
            assertThatThrownBy(() -> store.apply(batch(10), new Position(QUEUE, 1, 1)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("the database has the encoding LATIN1, expected UTF8");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "user", "select"})
    void a_schema_keeps_the_tables_of_two_products_apart(String schema) {
        server.execute(database, "CREATE SCHEMA \"" + schema + '"');
        String inShop = address + "?schema=" + schema;
        try (MetricStore store = PostgresServer.open(inShop);
                MetricStore other = open(counters)) {
            store.apply(batch(1_000), new Position(QUEUE, 1, 1));

            assertEqualsRecount(store, 1_000);
            assertThat(other.count(counters.all(), MetricStore.ALL_TIME)).isZero();
        }
        assertThat(server.query(database, "SELECT count(*) FROM \"" + schema + "\".internal_events_queue"))
                .isEqualTo("1");
    }

    @Test
    void names_and_values_are_data() {
        Counter byLabel = counter("opened total by label");
        Counter unique = counter("opened unique label");
        int week = Week.of(Workload.NOW.toEpochMilli());
        String quoted = "'; DROP TABLE internal_events_count; --";
        List<String> values =
                List.of(quoted, "$1", "\\", "{a,\"b\",NULL}", "NULL", "", "é🎉", "null\u0000null", "half\uD83D");
        try (MetricStore store = open(counters)) {
            Increments batch = new Increments();
            values.forEach(value -> {
                batch.totalBy(byLabel, week, value, 2);
                batch.unique(unique, week, value);
            });
            batch.totalBy(byLabel, week, "x".repeat(300), 1);
            store.apply(batch, new Position(QUEUE, 1, 1));

            assertThat(store.totalsBy(List.of(byLabel), new int[] {week}))
                    .containsOnlyKeys(
                            quoted,
                            "$1",
                            "\\",
                            "{a,\"b\",NULL}",
                            "NULL",
                            "",
                            "é🎉",
                            "null\uFFFDnull",
                            "half\uFFFD",
                            "(other)")
                    .containsEntry(quoted, 2L);
            assertThat(store.unique(List.of(unique), new int[] {week})).isEqualTo(values.size());
        }
    }

    @Test
    void rows_that_are_no_counts_break_only_their_own_metric() {
        Counter unique = counter("opened unique label");
        try (CapturedLog log = CapturedLog.of(PostgresMetricStore.class);
                MetricStore store = open(counters)) {
            store.apply(batch(1_000), new Position(QUEUE, 1, 1));
            server.execute(
                    database,
                    "UPDATE internal_events_unique SET content = '\\x0907' WHERE counter = 'opened unique label'");
            server.execute(
                    database, "UPDATE internal_events_count SET amount = 'NaN' WHERE counter = 'closed sum(value)'");
            store.apply(batch(1_000), new Position(QUEUE, 1, 2));

            assertThatThrownBy(() -> store.unique(List.of(unique), MetricStore.ALL_TIME))
                    .isInstanceOf(BrokenCounterException.class)
                    .hasMessageContaining("the rows of [opened unique label] in the table internal_events_unique");
            assertThatThrownBy(() -> store.count(List.of(counter("closed sum(value)")), MetricStore.ALL_TIME))
                    .isInstanceOf(BrokenCounterException.class)
                    .hasMessageContaining("found NaN");
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .contains("nothing is added to the unique count of opened unique label");
            assertThat(store.count(List.of(counter("opened total")), MetricStore.ALL_TIME))
                    .isEqualByComparingTo(BigDecimal.valueOf(2
                            * batch(1_000).totals().entrySet().stream()
                                    .filter(entry -> entry.getKey().counter().equals(counter("opened total")))
                                    .mapToLong(Map.Entry::getValue)
                                    .sum()));
        }
    }

    @Test
    void a_number_that_postgres_cannot_store_is_logged_once_and_stops_nothing() {
        Counter sum = counter("closed sum(value)");
        Counter total = counter("opened total");
        try (CapturedLog log = CapturedLog.of(PostgresMetricStore.class);
                MetricStore store = open(counters)) {
            for (int part = 1; part <= 2; part++) {
                Increments batch = new Increments();
                batch.sum(sum, 2_900, new BigDecimal("1e200000"));
                batch.total(total, 2_900, 1);
                store.apply(batch, new Position(QUEUE, 1, part));
            }
            Increments great = new Increments();
            great.sum(sum, 2_900, new BigDecimal("1e400"));
            great.sum(sum, 2_900, new BigDecimal("1e-400"));
            store.apply(great, new Position(QUEUE, 1, 3));

            assertThat(store.count(List.of(total), MetricStore.ALL_TIME)).isEqualByComparingTo("2");
            assertThat(store.count(List.of(sum), MetricStore.ALL_TIME))
                    .isEqualByComparingTo(new BigDecimal("1e400").add(new BigDecimal("1e-400")));
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .startsWith("closed sum(value): a sum of more than 5000 digits cannot be stored in PostgreSQL");
        }
    }

    @Test
    void old_weeks_and_queues_that_were_not_seen_for_sixty_days_expire() {
        try (PostgresMetricStore store = PostgresServer.open(address)) {
            UUID old = UUID.randomUUID();
            UUID recent = UUID.randomUUID();
            UUID seen = UUID.randomUUID();
            for (UUID queue : List.of(old, recent, seen)) {
                store.apply(batch(100), new Position(queue, 1, 1));
            }
            server.execute(
                    database,
                    "UPDATE internal_events_queue SET seen = now() - interval '59 days' WHERE queue = '" + recent
                            + "'");
            server.execute(
                    database,
                    "UPDATE internal_events_queue SET seen = now() - interval '61 days' WHERE queue IN ('" + old
                            + "', '" + seen + "')");
            server.execute(database, "UPDATE internal_events_count SET changed = now() - interval '43 days'");
            assertThat(store.applied(seen)).isNotNull();

            store.keepHouse();

            assertThat(store.applied(old)).isNull();
            assertThat(store.applied(recent)).isNotNull();
            assertThat(store.applied(seen)).isNotNull();
            assertThat(server.query(database, "SELECT count(*) FROM internal_events_count WHERE week > -2147483648"))
                    .isEqualTo("0");
            assertThat(store.count(List.of(counter("opened total")), MetricStore.ALL_TIME))
                    .isPositive();
            assertThat(server.query(database, "SELECT count(*) > 0 FROM internal_events_unique WHERE week > 0"))
                    .isEqualTo("t");
        }
    }

    @Test
    void the_history_has_each_metric_and_week() {
        Clock now = Clock.fixed(Workload.NOW, ZoneOffset.UTC);
        try (PostgresMetricStore store = new PostgresMetricStore(
                PostgresAddress.parse(address), Map.of(), Duration.ofSeconds(10), dictionary, now)) {
            store.apply(batch(20_000), new Position(QUEUE, 1, 1));
            store.keepHouse();

            Metrics metrics = new Metrics(dictionary, counters, store, now);
            List<String> checked = new ArrayList<>();
            metrics.values().forEach(value -> {
                assertThat(history(value.keyPath(), "2026-03-09")).isEqualByComparingTo(value.current());
                if (value.keyPath().endsWith("_weekly") || value.keyPath().endsWith("_monthly")) {
                    assertThat(history(value.keyPath(), "2026-03-02")).isEqualByComparingTo(value.value());
                    checked.add(value.keyPath());
                }
            });
            assertThat(checked).hasSizeGreaterThan(5);
            assertThat(server.query(
                            database, "SELECT count(*) FROM internal_events_history WHERE metric = 'counts.total_all'"))
                    .isEqualTo("1");
        }
    }

    private BigDecimal history(String metric, String week) {
        return new BigDecimal(server.query(
                database,
                "SELECT value FROM internal_events_history WHERE metric = '" + metric + "' AND week = '" + week + "'"));
    }
}
