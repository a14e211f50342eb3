package dev.internalevents.metrics.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Recount;
import dev.internalevents.metrics.RecountComparison;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections, servers and processes that end at any moment: each event counts once. */
@Tag("slow")
class PostgresFaultsTest {

    private static final int ROUNDS = Integer.getInteger("postgres.kills", 2);
    private static final Duration AWAY = Duration.ofSeconds(Integer.getInteger("postgres.away.seconds", 2));

    @TempDir
    private static Path serverFolder;

    private static PostgresServer server;

    @TempDir
    private Path folder;

    private Dictionary dictionary;
    private Counters counters;
    private String direct;
    private String address;
    private String database;
    private BrokenWire wire;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(serverFolder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() {
        dictionary = Workload.dictionary(folder.resolve("definitions"));
        counters = Counters.of(dictionary);
        direct = server.newDatabase();
        database = PostgresServer.database(direct);
        wire = new BrokenWire(server.port());
        address = direct.replace(":" + server.port() + "/", ":" + wire.port() + "/") + "?sslmode=disable";
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    private void assertEqualsRecount(int events) {
        try (MetricStore store = PostgresServer.open(direct)) {
            RecountComparison.withOwnUniqueCounts(dictionary)
                    .assertEqual(store, Recount.of(dictionary, events, folder));
        }
    }

    private QueuedEventCounter queue(String at) throws IOException {
        return QueuedEventCounter.open(
                counters, PostgresServer.open(at), folder.resolve("queue"), SpoolSettings.DEFAULTS);
    }

    @Test
    void a_batch_whose_answer_is_lost_counts_once() {
        Increments batch = new Increments();
        Workload.events(5_000, event -> counters.count(event, batch));
        Position position = new Position(UUID.randomUUID(), 1, 1);
        try (MetricStore store = PostgresServer.open(address)) {
            assertThat(store.applied(position.sequence())).isNull();
            wire.loseAnswersToCommit(1);
            assertThatThrownBy(() -> store.apply(batch, position))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("cannot be reached");
            assertThat(wire.answersStillToLose()).isZero();
            assertThat(store.applied(position.sequence())).isEqualTo(position);
            store.apply(batch, position);

            assertEqualsRecount(5_000);
        }
    }

    @Test
    void counts_wait_while_postgres_is_away() throws IOException {
        int[] at = {0};
        try (CapturedLog log = CapturedLog.of(QueuedEventCounter.class)) {
            try (QueuedEventCounter counter = queue(address)) {
                Workload.events(30_000, event -> {
                    if (at[0] == 10_000) {
                        assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
                        wire.become(BrokenWire.Mode.AWAY);
                    }
                    counter.count(event);
                    at[0]++;
                });
                await().until(() -> log.lines().stream().anyMatch(line -> line.startsWith("WARN")));
                assertThat(counter.waiting()).isPositive();
                assertThat(counter.problem()).isEmpty();
                wire.become(BrokenWire.Mode.WORKING);
                assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
                assertThat(counter.lost()).isZero();
            }
            assertThat(log.lines().stream().filter(line -> line.startsWith("WARN")))
                    .singleElement()
                    .asString()
                    .matches("WARN \\d+ event\\(s\\) wait in .*queue to be counted, and nothing is lost: PostgreSQL at"
                            + " 127\\.0\\.0\\.1:\\d+/" + database + " cannot be reached: .*");
        }
        assertEqualsRecount(30_000);
    }

    /** By the clock, as a failover takes; more than a minute when the long tests run. */
    @Test
    void events_of_a_time_without_postgres_are_counted_once_afterwards() throws IOException {
        List<Workload.Event> events = new ArrayList<>();
        Workload.events(30_000, events::add);
        int[] at = {0};
        try (QueuedEventCounter counter = queue(address)) {
            for (; at[0] < 10_000; at[0]++) {
                counter.count(events.get(at[0]));
            }
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            wire.become(BrokenWire.Mode.AWAY);
            long end = System.nanoTime() + AWAY.toNanos();
            await().atMost(AWAY.plusSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        for (int i = 0; i < 15 && at[0] < events.size(); i++) {
                            counter.count(events.get(at[0]++));
                        }
                        return System.nanoTime() > end;
                    });
            assertThat(counter.waiting()).isEqualTo(at[0] - 10_000);
            wire.become(BrokenWire.Mode.WORKING);
            for (; at[0] < events.size(); at[0]++) {
                counter.count(events.get(at[0]));
            }
            assertThat(counter.settle(Duration.ofSeconds(120))).isTrue();
            assertThat(counter.lost()).isZero();
        }
        assertEqualsRecount(events.size());
    }

    @Test
    void a_server_that_hangs_is_given_up() {
        Increments batch = new Increments();
        Workload.events(1_000, event -> counters.count(event, batch));
        Position position = new Position(UUID.randomUUID(), 1, 1);
        try (MetricStore store =
                new PostgresMetricStore(PostgresAddress.parse(address), Map.of(), Duration.ofSeconds(1))) {
            assertThat(store.applied(position.sequence())).isNull();
            wire.become(BrokenWire.Mode.HANGING);
            for (int attempt = 1; attempt <= 2; attempt++) {
                // First the open connection, then a new one
                assertThatThrownBy(() -> store.apply(batch, position))
                        .isInstanceOf(MetricStoreException.class)
                        .hasMessageContaining("cannot be reached");
            }
            wire.become(BrokenWire.Mode.WORKING);
            store.apply(batch, position);
        }
        assertEqualsRecount(1_000);
    }

    /** A transaction of another program holds the lock of a row. */
    @Test
    void a_lock_is_not_waited_for_forever() throws Exception {
        Increments batch = new Increments();
        Workload.events(1_000, event -> counters.count(event, batch));
        UUID queue = UUID.randomUUID();
        try (PostgresMetricStore store =
                        new PostgresMetricStore(PostgresAddress.parse(direct), Map.of(), Duration.ofSeconds(1));
                var other = java.sql.DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database, "postgres", "")) {
            store.apply(batch, new Position(queue, 1, 1));
            other.setAutoCommit(false);
            try (var statement = other.prepareStatement("SELECT * FROM internal_events_count FOR UPDATE")) {
                statement.execute();
            }
            assertThatThrownBy(() -> store.apply(batch, new Position(queue, 1, 2)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining("answered with an error");
            other.rollback();
            store.apply(batch, new Position(queue, 1, 1));
        }
        assertEqualsRecount(1_000);
    }

    /** Connections are ended, answers lost and the server away, again and again while two queues are counted. */
    @Test
    void connections_that_end_in_the_middle_of_transactions_lose_and_double_nothing() throws IOException {
        int events = 20_000 * ROUNDS;
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        int[] at = {0};
        try (QueuedEventCounter counter = queue(address);
                QueuedEventCounter other = QueuedEventCounter.open(
                        counters, PostgresServer.open(direct), folder.resolve("queue-2"), SpoolSettings.DEFAULTS)) {
            Workload.events(events, event -> {
                (at[0] % 2 == 0 ? counter : other).count(event);
                if (++at[0] % 2_000 == 0) {
                    switch (random.nextInt(3)) {
                        case 0 -> server.endConnections(database);
                        case 1 -> wire.loseAnswersToCommit(1);
                        default -> {
                            wire.become(BrokenWire.Mode.AWAY);
                            wire.become(BrokenWire.Mode.WORKING);
                        }
                    }
                }
            });
            wire.loseAnswersToCommit(0);
            assertThat(counter.settle(Duration.ofSeconds(120))).isTrue();
            assertThat(other.settle(Duration.ofSeconds(120))).isTrue();
            assertThat(counter.lost() + other.lost()).isZero();
        }
        assertEqualsRecount(events);
    }

    /** Kills a counting process; each process continues where the previous one stopped. */
    @Test
    void a_killed_process_has_counted_everything_once() throws IOException, InterruptedException {
        int counted = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            Path output = folder.resolve("output-" + round);
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            CountingIntoPostgres.class.getName(),
                            folder.toString(),
                            direct))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(output.toFile())
                    .start();
            int enough = counted + 15_000;
            await().atMost(Duration.ofSeconds(120)).until(() -> !process.isAlive() || last(output) >= enough);
            assertThat(process.isAlive()).as("the process ended by itself").isTrue();
            process.destroyForcibly().waitFor();

            try (QueuedEventCounter counter = queue(direct);
                    MetricStore store = PostgresServer.open(direct)) {
                assertThat(counter.settle(Duration.ofSeconds(120))).isTrue();
                counted = CountingIntoPostgres.counted(dictionary, counters, store);
                assertThat(counted).isGreaterThanOrEqualTo(last(output));
            }
        }
        assertEqualsRecount(counted);
    }

    /** Returns the number on the last complete line. */
    private static int last(Path output) throws IOException {
        String text = Files.readString(output);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .reduce((before, line) -> line)
                .map(Integer::parseInt)
                .orElse(0);
    }
}
