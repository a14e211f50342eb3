package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Readers that count in a loop while a collector writes, is killed and started again: they find the events up to the
 * place, at every moment. {@code -Dlake.kills=30} for more rounds than two.
 */
@Tag("slow")
class LakeReadersTest {

    private static final int ROUNDS = Integer.getInteger("lake.kills", 2);
    private static final Duration LONG = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong place = new AtomicLong();

    /** The collector that is killed: {@code FOLDER PORT_FILE FORMAT}. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Collector collector = start(Path.of(arguments[0]), SinkSettings.Format.valueOf(arguments[2]));
            Path written = Path.of(arguments[1] + ".new");
            Files.writeString(written, collector.url());
            Files.move(written, Path.of(arguments[1]));
            new CountDownLatch(1).await();
        }
    }

    private static Collector start(Path folder, SinkSettings.Format format) throws IOException {
        String lake = folder.resolve("lake").toString();
        return Collector.start(CollectorSettings.collector(folder.resolve("data"))
                .port(0)
                .sink(new SinkSettings(lake, null, format, Duration.ofSeconds(1), 1_000_000))
                .build());
    }

    /** Returns how many good events there are, how many numbers they have, and the place. */
    private static Map<String, Object> look(SinkSettings.Format format, Path good) {
        return format == SinkSettings.Format.PARQUET ? lookAtFiles(good) : lookAtSnapshot(good);
    }

    /** Counts with DuckDB; the place is the greatest last number in a file's name. */
    static Map<String, Object> lookAtFiles(Path good) {
        try {
            return Duck.hasFiles(good)
                    ? Duck.rows("SELECT count(*) AS events, count(DISTINCT number) AS numbers,"
                                    + " max(regexp_extract(filename, '-([0-9]+)[.]parquet$', 1)::BIGINT) AS place FROM "
                                    + Duck.files(good))
                            .get(0)
                    : Map.of("events", 0L, "numbers", 0L, "place", 0L);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Counts the rows in the files of the current snapshot; the place is in its summary. */
    private static Map<String, Object> lookAtSnapshot(Path good) {
        Table table = new FolderTable(good).exists() ? Tables.open(good) : null;
        Snapshot snapshot = table == null ? null : table.currentSnapshot();
        if (snapshot == null) {
            return Map.of("events", 0L, "numbers", 0L, "place", 0L);
        }
        Set<Object> numbers = new HashSet<>();
        long events = 0;
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                .useSnapshot(snapshot.snapshotId())
                .select("number")
                .build()) {
            for (Record row : rows) {
                numbers.add(row.getField("number"));
                events++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("events", events, "numbers", (long) numbers.size(), "place", place(table, snapshot));
    }

    private static long place(Table table, Snapshot snapshot) {
        for (Snapshot ancestor : SnapshotUtil.ancestorsOf(snapshot.snapshotId(), table::snapshot)) {
            for (Map.Entry<String, String> entry : ancestor.summary().entrySet()) {
                if (entry.getKey().startsWith(LakeTable.PLACE)) {
                    return Long.parseLong(entry.getValue());
                }
            }
        }
        throw new AssertionError("no place in " + snapshot);
    }

    @ParameterizedTest
    @EnumSource(SinkSettings.Format.class)
    void a_reader_counts_the_good_events_up_to_the_place_at_every_moment(SinkSettings.Format format) throws Exception {
        Path good = folder.resolve("lake").resolve("good_events");
        Traffic traffic = new Traffic();
        AtomicBoolean isDone = new AtomicBoolean();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            while (!isDone.get()) {
                compare(look(format, good));
            }
        });
        try {
            for (int round = 0; round < ROUNDS; round++) {
                writeAndKill(format, traffic, folder.resolve("port" + round), reader);
            }
            try (Collector collector = start(folder, format)) {
                assertThat(collector.url()).isNotEmpty();
                await().atMost(LONG).until(() -> reader.isDone() || place.get() >= traffic.acknowledged());
            }
        } finally {
            isDone.set(true);
        }
        reader.get(60, TimeUnit.SECONDS);

        compare(look(format, good));
        assertThat(place.get()).isGreaterThanOrEqualTo(traffic.acknowledged()).isPositive();
        assertThat(looks.get()).isGreaterThan(10);
    }

    private void compare(Map<String, Object> look) {
        assertThat(look.get("events"))
                .as("good events, of %s", look)
                .isEqualTo(look.get("place"))
                .isEqualTo(look.get("numbers"));
        looks.incrementAndGet();
        place.set((Long) look.get("place"));
    }

    /** Kills a collector that has events which the reader has not seen, after it has seen those of three commits. */
    private void writeAndKill(SinkSettings.Format format, Traffic traffic, Path port, CompletableFuture<Void> reader)
            throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        folder.toString(),
                        port.toString(),
                        format.name())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(port.getFileName() + ".log").toFile())
                .start();
        try {
            await().atMost(LONG).until(() -> Files.exists(port));
            String url = Files.readString(port);
            for (int commit = 0; commit < 3; commit++) {
                long from = place.get();
                send(traffic, url);
                await().atMost(LONG).until(() -> reader.isDone() || place.get() > from);
                if (reader.isDone()) {
                    reader.get(); // It throws what the reader found.
                }
            }
            send(traffic, url);
        } finally {
            process.destroyForcibly();
            process.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private static void send(Traffic traffic, String url) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            assertThat(traffic.send(url, 100)).isTrue();
        }
    }
}
