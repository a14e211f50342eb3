package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collector that writes to a lake. */
class LakeCollectorTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Collector start() throws IOException {
        return Collector.start(CollectorSettings.collector(folder.resolve("data"))
                .port(0)
                .sink(new SinkSettings(folder.resolve("lake"), Duration.ofSeconds(1), 1_000_000))
                .build());
    }

    private Path good() {
        return folder.resolve("lake").resolve("good_events");
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void every_event_is_in_the_lake_once_and_a_snapshot_has_all_events_up_to_its_place() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            long seen = 0;
            while (seen < 3) {
                traffic.send(collector.url(), 200);
                seen = snapshotsThatAgree();
            }
        }
        // The shutdown commits what was stored.
        assertThat(Tables.numbers(good())).isEqualTo(upTo(traffic.acknowledged()));
        assertThat(snapshotsThatAgree()).isGreaterThanOrEqualTo(3);
    }

    /** Counts the rows of each snapshot's files, and returns the number of snapshots. */
    private long snapshotsThatAgree() throws IOException {
        if (!new FolderTable(good()).exists()) {
            return 0;
        }
        Table table = Tables.open(good());
        long snapshots = 0;
        for (Snapshot snapshot : table.snapshots()) {
            long rows = 0;
            try (CloseableIterable<FileScanTask> files =
                    table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
                for (FileScanTask file : files) {
                    rows += file.file().recordCount();
                }
            }
            String place = snapshot.summary().entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(LakeTable.PLACE))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
            assertThat(rows).isEqualTo(Long.parseLong(place));
            snapshots++;
        }
        return snapshots;
    }

    @Test
    void a_lake_that_was_away_gets_what_was_stored_meanwhile() throws Exception {
        Traffic traffic = new Traffic();
        Path lake = folder.resolve("lake");
        try (Collector collector = start()) {
            traffic.send(collector.url(), 20);
            await().atMost(LONG)
                    .until(() -> new FolderTable(good()).exists()
                            && Tables.numbers(good()).size() == 20);

            Files.move(lake, folder.resolve("away"));
            Files.writeString(lake, "not a folder");
            traffic.send(collector.url(), 20);
            await().atMost(LONG).until(() -> ready(collector).contains("\"lakeTrouble\":\"lake: "));
            assertThat(metric(collector, "internal_events_lake_up")).isZero();
            assertThat(metric(collector, "internal_events_lake_behind")).isEqualTo(20);
            assertThat(metric(collector, "internal_events_lake_failures_total")).isPositive();

            Files.delete(lake);
            Files.move(folder.resolve("away"), lake);
            await().atMost(LONG)
                    .until(() -> new FolderTable(good()).exists()
                            && Tables.numbers(good()).size() == 40);
            await().atMost(LONG).until(() -> metric(collector, "internal_events_lake_behind") == 0);
            assertThat(metric(collector, "internal_events_lake_up")).isEqualTo(1);
            assertThat(metric(collector, "internal_events_lake_place")).isEqualTo(40);
            assertThat(ready(collector)).doesNotContain("lakeTrouble");
        }
        assertThat(Tables.numbers(good())).isEqualTo(upTo(40));
    }

    @Test
    void a_collector_whose_store_began_again_writes_under_a_new_id() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            traffic.send(collector.url(), 5);
        }
        assertThat(Tables.numbers(good())).isEqualTo(upTo(5));
        for (String file : List.of("events.duckdb", "events.duckdb.wal")) {
            Files.deleteIfExists(folder.resolve("data").resolve(file));
        }
        try (Collector collector = start()) {
            traffic.send(collector.url(), 3);
        }
        assertThat(Tables.numbers(good())).hasSize(8);
        assertThat(Tables.rows(good()).stream()
                        .map(row -> row.getField("collector_id"))
                        .distinct())
                .hasSize(2);
    }

    private static String ready(Collector collector) throws IOException, InterruptedException {
        return get(collector, "/ready");
    }

    private static double metric(Collector collector, String name) throws IOException, InterruptedException {
        return get(collector, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static String get(Collector collector, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
