package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.store.StoreException;
import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damages each file in the folder of a killed collector in each way. The cases come from the folder's actual listing,
 * so new files are included automatically.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class DamagedFilesTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int STORED = 60;
    private static final int FAILED = 3;
    private static final int WAITING = 20;
    private static final int ALL = STORED + FAILED + WAITING;

    /** Files whose damage need not be logged, because nothing needs their contents: a pid, and preallocated files. */
    private static final String UNIMPORTANT = "lock|.*\\.prepared";

    private enum Damage {
        EMPTY,
        SHORT,
        RANDOM,
        FOLDER,
        UNREADABLE,
        DELETED
    }

    @TempDir
    static Path temporary;

    private CapturedLog log;
    private Path original;
    private Dictionary dictionary;
    private HttpServer pings;
    private final TestCollector collector = new TestCollector();

    @BeforeAll
    void makeFolder() throws Exception {
        dictionary = DefinitionFiles.load(AskedDefinitions.write(temporary.resolve("definitions")));
        pings = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pings.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        pings.start();
        Path live = temporary.resolve("live");
        start(live);
        sendEvents(STORED / 2);
        collector.track("{\"e\":\"nonsense\"},".repeat(FAILED - 1) + "{\"e\":\"nonsense\"}");
        await().atMost(LONG).until(() -> Files.exists(live.resolve("service-ping-sent")));
        collector.close();
        start(live);
        sendEvents(STORED / 2);
        awaitTotal(STORED + FAILED);
        // The file is written after the transaction.
        await().atMost(LONG)
                .until(() -> Files.readString(live.resolve("last-known")).contains(" " + (STORED + FAILED) + " "));
        // Copy the folder as a kill would leave it, including the write-ahead log.
        original = temporary.resolve("original");
        Folders.copy(live, original);
        collector.close();
        addWaiting();
        assertThat(Files.exists(original.resolve("events.duckdb.wal"))).isTrue();
    }

    /** Adds requests that wait in the spool, because the store cannot be opened. */
    private void addWaiting() throws Exception {
        Path aside = Files.createDirectory(temporary.resolve("aside"));
        for (String name : List.of("events.duckdb", "events.duckdb.wal")) {
            Files.move(original.resolve(name), aside.resolve(name));
        }
        Files.writeString(original.resolve("events.duckdb"), "no database");
        start(original);
        Random random = new Random(7);
        for (int i = 0; i < WAITING; i++) {
            byte[] noise = new byte[1_500];
            random.nextBytes(noise);
            collector.track("{\"e\":\"pv\",\"page\":\"" + Base64.getEncoder().encodeToString(noise) + "\"}");
        }
        collector.close();
        assertThat(Files.readString(original.resolve("last-known"))).contains(" " + WAITING + "\n");
        Files.delete(original.resolve("events.duckdb"));
        for (String name : List.of("events.duckdb", "events.duckdb.wal")) {
            Files.move(aside.resolve(name), original.resolve(name));
        }
    }

    @AfterEach
    void stop() {
        collector.close();
        if (log != null) {
            log.close();
        }
    }

    @AfterAll
    void stopServer() {
        pings.stop(0);
    }

    @Test
    void a_whole_folder_loses_nothing_and_reports_nothing() throws Exception {
        Path folder = temporary.resolve("whole");
        Folders.copy(original, folder);

        record(folder);

        awaitTotal(ALL);
        assertThat(logged()).isEmpty();
        assertThat(metric("lost_requests_total") + metric("lost_events_total") + metric("lost_spool_bytes_total"))
                .isZero();
    }

    Stream<Arguments> table() throws IOException {
        try (Stream<Path> files = Files.walk(original)) {
            return files.filter(Files::isRegularFile).map(original::relativize).sorted().toList().stream()
                    .flatMap(file -> Arrays.stream(Damage.values()).map(damage -> Arguments.of(file, damage)));
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("table")
    void intake_goes_on_and_what_is_lost_is_logged(Path name, Damage damage) throws Exception {
        Path folder = Files.createTempDirectory(temporary, "damaged");
        Folders.copy(original, folder);
        damage(folder.resolve(name), damage);

        long begun = System.nanoTime();
        record(folder);
        collector.track("{\"e\":\"pv\"}");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));

        assertThat(collector.get("/health").statusCode()).isEqualTo(200);
        await().atMost(LONG).until(() -> isSettled());
        String trouble = collector.json("/ready").path("trouble").asString("");
        int stored =
                trouble.isEmpty() ? collector.json("/micro/all").path("total").asInt() : 0;
        if (!trouble.isEmpty()) {
            assertThat(trouble).contains(folder.resolve(name).toString()).doesNotContain("in use by another");
            assertThat(logged()).contains(trouble);
            return;
        }
        boolean isExpectedInLog =
                !name.getFileName().toString().matches(UNIMPORTANT) && (stored < ALL + 1 || damage == Damage.FOLDER);
        if (isExpectedInLog) {
            // If the last segment is missing, the log can only name its folder.
            String named = damage == Damage.DELETED && name.toString().endsWith(".segment")
                    ? folder.resolve("spool") + ": "
                    : name.getFileName().toString();
            assertThat(logged()).contains(named);
        }
        double lost = metric("lost_requests_total") + metric("lost_events_total");
        // Random bytes may damage a frame's length, so that one frame stands for all frames after it: the count is a
        // lower bound.
        assertThat(lost > 0)
                .as("%d of %d stored; log: %s", stored, ALL + 1, logged())
                .isEqualTo(stored < ALL + 1);
        assertThat(stored + lost).as(logged()).isLessThanOrEqualTo(ALL + 1);
        if (stored < ALL + 1) {
            assertThat(logged()).contains("lost");
        }
        String wholeWithout = "events.duckdb(\\.wal)?|.*\\.segment|" + UNIMPORTANT;
        if (!name.getFileName().toString().matches(wholeWithout)) {
            assertThat(stored).as(logged()).isEqualTo(ALL + 1);
            assertThat(counted()).isEqualTo(STORED);
        }
    }

    private boolean isSettled() throws Exception {
        var ready = collector.json("/ready");
        String trouble = ready.path("trouble").asString("");
        return trouble.isEmpty()
                ? ready.path("waitingRequests").asInt() == 0
                : !trouble.equals("the store is being opened") && !trouble.startsWith("the ids of stored events");
    }

    private void damage(Path file, Damage damage) throws IOException {
        switch (damage) {
            case EMPTY -> Files.write(file, new byte[0]);
            case SHORT -> Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 20));
            case RANDOM -> {
                assumeFalse(Files.size(file) < 12_288 + 512, "the file is shorter than 12 KB");
                byte[] noise = new byte[512];
                new Random(3).nextBytes(noise);
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(noise), 12_288);
                }
            }
            case FOLDER -> {
                Files.delete(file);
                Files.createDirectories(file.resolve("something in it"));
            }
            case UNREADABLE -> {
                assumeFalse("root".equals(System.getProperty("user.name")), "root may read every file");
                Files.setPosixFilePermissions(file, Set.of());
            }
            case DELETED -> Files.delete(file);
            default -> throw new IllegalArgumentException(String.valueOf(damage));
        }
    }

    // The collector

    private void start(Path folder) throws IOException {
        collector.start(CollectorSettings.collector(folder)
                .dictionary(dictionary)
                .servicePingUrl(
                        URI.create("http://127.0.0.1:" + pings.getAddress().getPort() + "/")));
    }

    /** Starts a collector that logs at the default level. */
    private void record(Path folder) throws IOException {
        log = CapturedLog.of("dev.internalevents");
        start(folder);
    }

    private String logged() {
        return log.events().stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .collect(Collectors.joining("\n"));
    }

    private void sendEvents(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            collector.track("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"asked\",\"p\":\"srv\",\"tv\":\"t\",\"eid\":\""
                    + UUID.randomUUID() + "\"}");
        }
    }

    private void awaitTotal(int total) {
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> collector.json("/micro/all").path("total").asInt() == total);
    }

    private int counted() throws Exception {
        return collector
                .json("/micro/metrics")
                .path("metrics")
                .valueStream()
                .filter(metric -> metric.path("key_path").asString().equals("counts.asked"))
                .mapToInt(metric -> metric.path("current").asInt())
                .sum();
    }

    private double metric(String name) throws Exception {
        return collector
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("internal_events_" + name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }
}
