package dev.internalevents.metrics.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction that fails at any of its statements, or whose tables are not as they were, counts nothing twice. */
@Tag("slow")
class PostgresTransactionsTest {

    private static final UUID QUEUE = UUID.fromString("6f1e2b0a-3d5c-4a70-9d7e-5b9f0c3a1e11");
    private static final List<String> TABLES = List.of("queue", "count", "value", "unique");

    @TempDir
    private static Path serverFolder;

    private static PostgresServer server;

    @TempDir
    private Path folder;

    private Dictionary dictionary;
    private Counters counters;
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
        dictionary = Workload.dictionary(folder.resolve("definitions"));
        counters = Counters.of(dictionary);
        address = server.newDatabase();
        database = PostgresServer.database(address);
    }

    private Increments batch(int events) {
        Increments batch = new Increments();
        Workload.events(events, event -> counters.count(event, batch));
        return batch;
    }

    private static Position position(int end) {
        return new Position(QUEUE, 1, end);
    }

    private Counter total() {
        return counters.all().stream()
                .filter(counter -> counter.toString().equals("opened total"))
                .findFirst()
                .orElseThrow();
    }

    private BigDecimal opened(MetricStore store) {
        return store.count(List.of(total()), MetricStore.ALL_TIME);
    }

    private long openedIn(Increments batch) {
        return batch.totals().entrySet().stream()
                .filter(entry -> entry.getKey().counter().equals(total()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Returns the rows of all tables, without the times of their changes. */
    private List<String> rows() {
        return TABLES.stream()
                .map(table -> server.query(
                        database,
                        "SELECT string_agg((to_jsonb(t) - 'changed' - 'seen')::text, ' ' ORDER BY t::text)"
                                + " FROM internal_events_" + table + " AS t"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "queue, BEFORE INSERT",
        "queue, BEFORE UPDATE",
        "count, BEFORE INSERT",
        "value, BEFORE INSERT",
        "unique, BEFORE INSERT",
        "unique, BEFORE UPDATE",
        "count, COMMIT",
        "unique, COMMIT"
    })
    void a_statement_that_fails_undoes_the_batch_which_then_counts_once(String table, String moment) {
        Increments first = batch(500);
        Increments second = batch(3_000);
        try (MetricStore store = PostgresServer.open(address)) {
            store.apply(first, position(1));
            List<String> before = rows();
            server.execute(
                    database,
                    "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
                            + " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$");
            server.execute(
                    database,
                    moment.equals("COMMIT")
                            ? "CREATE CONSTRAINT TRIGGER failing AFTER INSERT OR UPDATE ON internal_events_" + table
                                    + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()"
                            : "CREATE TRIGGER failing " + moment + " ON internal_events_" + table
                                    + " FOR EACH STATEMENT EXECUTE FUNCTION fail()");
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThatThrownBy(() -> store.apply(second, position(2)))
                        .isInstanceOf(MetricStoreException.class)
                        .hasMessageContaining(" answered with an error: ERROR: the disk is full");
                assertThat(rows()).isEqualTo(before);
            }
            server.execute(database, "DROP FUNCTION fail CASCADE");
            store.apply(second, position(2));
            store.apply(second, position(2));

            assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(openedIn(first) + openedIn(second)));
        }
    }

    /** The connection ends at the first request of a batch, at the second of the next one, and so on. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_ends_at_any_request_counts_each_batch_once(boolean isAnswered) {
        int batches = 25;
        int failed = 0;
        Increments batch = batch(300);
        try (BrokenWire wire = new BrokenWire(server.port());
                MetricStore store = PostgresServer.open(
                        address.replace(":" + server.port() + "/", ":" + wire.port() + "/") + "?sslmode=disable")) {
            assertThat(store.applied(QUEUE)).isNull();
            for (int i = 1; i <= batches; i++) {
                wire.cutAtRequest(i, isAnswered);
                try {
                    store.apply(batch, position(i));
                } catch (MetricStoreException e) {
                    failed++;
                }
                wire.cutAtRequest(0, isAnswered);
                store.apply(batch, position(i));
                assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(i * openedIn(batch)));
            }
        }
        assertThat(failed).isBetween(6, batches - 1);
    }

    @Test
    void a_schema_that_is_dropped_and_created_again_gets_its_tables_again() {
        server.execute(database, "CREATE SCHEMA shop");
        Increments batch = batch(500);
        try (MetricStore store = PostgresServer.open(address + "?schema=shop")) {
            store.apply(batch, position(1));
            server.execute(database, "DROP SCHEMA shop CASCADE");
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThatThrownBy(() -> store.apply(batch, position(2)))
                        .isInstanceOf(MetricStoreException.class)
                        .hasMessageContaining("answered with an error");
            }
            assertThat(opened(store)).isZero();
            server.execute(database, "CREATE SCHEMA shop");
            store.apply(batch, position(2));

            assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(openedIn(batch)));
        }
    }

    @Test
    void a_role_may_read_without_the_right_to_write() {
        String weak = "weak_" + database;
        server.execute(database, "CREATE ROLE " + weak + " LOGIN");
        Increments batch = batch(500);
        try (MetricStore store = PostgresServer.open(address.replace("postgres@", weak + "@"))) {
            assertThatThrownBy(() -> store.apply(batch, position(1)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("permission denied for schema public");
            try (MetricStore owner = PostgresServer.open(address)) {
                owner.apply(batch, position(1));
            }
            assertThatThrownBy(() -> opened(store))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("permission denied for table internal_events_version");
            server.execute(database, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + weak);
            assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(openedIn(batch)));
            assertThatThrownBy(() -> store.apply(batch, position(2)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("permission denied for table internal_events_queue");
            server.execute(database, "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + weak);
            store.apply(batch, position(2));

            assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(2 * openedIn(batch)));
        }
    }

    @Test
    void a_database_that_is_read_only_for_a_time_loses_nothing() {
        Increments batch = batch(500);
        try (MetricStore store = PostgresServer.open(address)) {
            store.apply(batch, position(1));
            server.execute(database, "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
            server.endConnections(database);
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThatThrownBy(() -> store.apply(batch, position(2))).isInstanceOf(MetricStoreException.class);
            }
            server.execute("postgres", "ALTER DATABASE " + database + " RESET default_transaction_read_only");
            store.apply(batch, position(2));

            assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(2 * openedIn(batch)));
        }
    }

    @Test
    void a_read_survives_the_end_of_an_idle_connection() {
        Increments batch = batch(500);
        try (MetricStore store = PostgresServer.open(address)) {
            store.apply(batch, position(1));
            assertThat(opened(store)).isPositive();
            server.endConnections(database);

            assertThat(opened(store)).isEqualByComparingTo(BigDecimal.valueOf(openedIn(batch)));
        }
        try (BrokenWire wire = new BrokenWire(server.port());
                MetricStore store = PostgresServer.open(
                        address.replace(":" + server.port() + "/", ":" + wire.port() + "/") + "?sslmode=disable")) {
            assertThat(opened(store)).isPositive();
            wire.become(BrokenWire.Mode.AWAY);
            assertThatThrownBy(() -> opened(store))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("cannot be reached");
            wire.become(BrokenWire.Mode.WORKING);
            assertThat(opened(store)).isPositive();
        }
    }

    /** Behind a pooler of transactions, a statement with a name is on another connection, or there already. */
    @Test
    void no_statement_has_a_name() {
        try (BrokenWire wire = new BrokenWire(server.port());
                PostgresMetricStore store = new PostgresMetricStore(
                        PostgresAddress.parse(address.replace(":" + server.port() + "/", ":" + wire.port() + "/")
                                + "?sslmode=disable"),
                        Map.of(),
                        Duration.ofSeconds(10),
                        dictionary,
                        Clock.fixed(Workload.NOW, ZoneOffset.UTC))) {
            for (int i = 1; i <= 2; i++) {
                store.apply(batch(500), position(i));
                store.keepHouse();
                assertThat(store.applied(QUEUE)).isEqualTo(position(i));
                assertThat(store.installation()).isPresent();
                new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC)).values();
            }
            assertThat(wire.namedStatements()).isZero();
        }
    }

    @Test
    void more_rows_than_a_statement_may_delete_expire() {
        try (PostgresMetricStore store = PostgresServer.open(address)) {
            store.apply(batch(100), position(1));
            server.execute(
                    database,
                    "INSERT INTO internal_events_value (counter, week, value, amount, changed)"
                            + " SELECT 'old total by label', 2900, 'v' || i, 1, now() - interval '43 days'"
                            + " FROM generate_series(1, 6000) AS i");
            server.execute(
                    database,
                    "CREATE FUNCTION limited() RETURNS trigger LANGUAGE plpgsql AS"
                            + " $$ BEGIN IF (SELECT count(*) FROM gone) > 2500 THEN RAISE EXCEPTION 'too slow'; END IF;"
                            + " RETURN NULL; END $$");
            server.execute(
                    database,
                    "CREATE TRIGGER limited AFTER DELETE ON internal_events_value"
                            + " REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION limited()");
            store.keepHouse();

            assertThat(server.query(
                            database,
                            "SELECT count(*) FROM internal_events_value WHERE counter = 'old total by label'"))
                    .isEqualTo("0");
        }
    }

    /** For example a folder that is part of a container image. */
    @Test
    void a_copy_of_a_queue_in_use_is_reported() throws IOException {
        Path original = folder.resolve("queue");
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (QueuedEventCounter counter = open(original)) {
            Workload.events(100, counter::count);
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
        }
        try (Stream<Path> files = Files.list(original)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        try (CapturedLog log = CapturedLog.of(PostgresMetricStore.class)) {
            String closed = lastUse();
            try (QueuedEventCounter one = open(original)) {
                await().until(() -> !lastUse().equals(closed));
                String used = lastUse();
                QueuedEventCounter other = open(copy);
                await().until(() -> !lastUse().equals(used));
                // Both have compared their folder with the counters.
                for (int i = 0; i < 3; i++) {
                    Workload.events(2_000, one::count);
                    assertThat(one.settle(Duration.ofSeconds(60))).isTrue();
                    Workload.events(500, other::count);
                    assertThat(other.settle(Duration.ofSeconds(60))).isTrue();
                }
                other.close();
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR PostgreSQL at 127.0.0.1:" + server.port() + "/" + database
                            + ": events are not counted, because another process counts a queue with the same id");
        }
    }

    @Test
    void transactions_that_postgres_has_lost_are_reported() {
        try (CapturedLog log = CapturedLog.of(PostgresMetricStore.class);
                MetricStore store = PostgresServer.open(address)) {
            store.apply(batch(100), position(7));
            store.apply(batch(100), position(8));
            server.execute(database, "UPDATE internal_events_queue SET byte_offset = 7");
            store.apply(batch(100), position(9));
            store.apply(batch(100), position(10));

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("transactions are missing that were committed")
                    .endsWith("was counted up to 1:8, and is counted up to 1:7 now");
        }
    }

    @Test
    void a_queue_of_its_own_is_never_reported() throws IOException {
        try (CapturedLog log = CapturedLog.of(PostgresMetricStore.class);
                BrokenWire wire = new BrokenWire(server.port())) {
            String broken = address.replace(":" + server.port() + "/", ":" + wire.port() + "/") + "?sslmode=disable";
            for (int start = 0; start < 2; start++) {
                try (QueuedEventCounter counter = QueuedEventCounter.open(
                        counters, PostgresServer.open(broken), folder.resolve("queue"), SpoolSettings.DEFAULTS)) {
                    for (int i = 0; i < 2; i++) {
                        wire.loseAnswersToCommit(1);
                        Workload.events(500, counter::count);
                        assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
                    }
                }
            }
            assertThat(log.lines()).isEmpty();
        }
    }

    private String lastUse() {
        return server.query(database, "SELECT seen FROM internal_events_queue");
    }

    private QueuedEventCounter open(Path queue) throws IOException {
        return QueuedEventCounter.open(counters, PostgresServer.open(address), queue, SpoolSettings.DEFAULTS);
    }
}
