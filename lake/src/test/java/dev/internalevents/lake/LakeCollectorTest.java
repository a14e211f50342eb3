package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.sink.SinkIdentity;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collector that writes to a lake. */
@Tag("slow")
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
    void a_store_that_is_deleted_under_way_is_followed_from_the_first_event_of_the_new_one() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            for (int i = 0; i < 10; i++) {
                traffic.send(collector.url(), 100);
            }
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_place") == 1_000);
            Files.delete(folder.resolve("data").resolve("events.duckdb"));
            await().atMost(LONG).until(() -> {
                traffic.send(collector.url(), 1);
                return Traffic.metric(collector, "internal_events_lake_place") < 1_000;
            });
            for (int i = 0; i < 12; i++) {
                traffic.send(collector.url(), 100);
            }
        }
        Map<Object, List<Long>> numbers = Tables.rows(good()).stream()
                .collect(Collectors.groupingBy(
                        row -> row.getField("collector_id"),
                        LinkedHashMap::new,
                        Collectors.mapping(row -> (Long) row.getField("number"), Collectors.toList())));
        assertThat(numbers).hasSize(2);
        List<Long> later = numbers.values().stream()
                .filter(all -> !all.equals(upTo(1_000)))
                .findFirst()
                .orElseThrow();
        assertThat(later).isEqualTo(upTo(later.size())).hasSizeGreaterThanOrEqualTo(1_200);
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
            assertThat(Traffic.metric(collector, "internal_events_lake_up")).isZero();
            assertThat(Traffic.metric(collector, "internal_events_lake_behind")).isEqualTo(20);
            assertThat(Traffic.metric(collector, "internal_events_lake_failures_total"))
                    .isPositive();

            Files.delete(lake);
            Files.move(folder.resolve("away"), lake);
            await().atMost(LONG)
                    .until(() -> new FolderTable(good()).exists()
                            && Tables.numbers(good()).size() == 40);
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_behind") == 0);
            assertThat(Traffic.metric(collector, "internal_events_lake_up")).isEqualTo(1);
            assertThat(Traffic.metric(collector, "internal_events_lake_place")).isEqualTo(40);
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
        removeStore();
        try (Collector collector = start()) {
            traffic.send(collector.url(), 3);
        }
        assertThat(Tables.numbers(good())).hasSize(8);
        assertThat(Tables.rows(good()).stream()
                        .map(row -> row.getField("collector_id"))
                        .distinct())
                .hasSize(2);
    }

    private void removeStore() throws IOException {
        for (String file : List.of("events.duckdb", "events.duckdb.wal")) {
            Files.deleteIfExists(folder.resolve("data").resolve(file));
        }
    }

    private Collector startWithoutLake() throws IOException {
        return Collector.start(
                CollectorSettings.collector(folder.resolve("data")).port(0).build());
    }

    private long rows() {
        return new FolderTable(good()).exists() ? Tables.numbers(good()).size() : 0;
    }

    @Test
    void a_store_that_began_again_and_passed_the_place_while_the_lake_was_away_loses_nothing() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            traffic.send(collector.url(), 5);
        }
        removeStore();
        Path lake = folder.resolve("lake");
        Files.move(lake, folder.resolve("away"));
        Files.createDirectory(lake);
        Path instead = Files.writeString(good(), "not a folder");
        try (Collector collector = start()) {
            traffic.send(collector.url(), 4);
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_behind") == 4);
        }
        // The store has events at its second opening.
        try (Collector collector = start()) {
            traffic.send(collector.url(), 4);
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_behind") == 8);
            Files.delete(instead);
            try (var others = Files.newDirectoryStream(lake)) {
                for (Path other : others) {
                    assertThat(other).as("what was written meanwhile").isEmptyDirectory();
                    Files.delete(other);
                }
            }
            Files.delete(lake);
            Files.move(folder.resolve("away"), lake);
            await().atMost(LONG).until(() -> rows() == 13);
        }
        try (Collector collector = start()) {
            traffic.send(collector.url(), 1);
        }
        assertThat(rows()).isEqualTo(14);
        assertThat(collectors()).isEqualTo(2);
    }

    @Test
    void a_store_that_began_again_and_passed_the_place_without_a_lake_loses_nothing() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            traffic.send(collector.url(), 5);
        }
        removeStore();
        try (Collector collector = startWithoutLake()) {
            traffic.send(collector.url(), 8);
        }
        try (Collector collector = start()) {
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_place") == 8);
        }

        assertThat(rows()).isEqualTo(13);
        assertThat(collectors()).isEqualTo(2);
    }

    @Test
    void another_lake_gets_every_stored_event_also_after_the_store_began_again() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            traffic.send(collector.url(), 5);
        }
        // The store is that of an earlier time: it ends at 3.
        removeStore();
        try (Collector collector = startWithoutLake()) {
            traffic.send(collector.url(), 3);
        }
        try (Collector collector = start()) {
            traffic.send(collector.url(), 4);
        }
        Files.move(folder.resolve("lake"), folder.resolve("first"));
        try (Collector collector = start()) {
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_place") == 7);
        }

        assertThat(Tables.numbers(good())).isEqualTo(upTo(7));
    }

    @Test
    void a_copy_of_the_data_folder_under_the_same_name_is_refused() throws Exception {
        Traffic traffic = new Traffic();
        try (Collector collector = start()) {
            traffic.send(collector.url(), 5);
        }
        Path data = folder.resolve("data");
        UUID spool = UUID.fromString(Files.readString(data.resolve("spool/id")).strip());
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Files.copy(data.resolve(SinkIdentity.FILE), copy.resolve(SinkIdentity.FILE));
        try (Collector collector = start()) {
            await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_up") == 1);
            SinkIdentity.Id id = new SinkIdentity(copy, spool).now();
            String host = InetAddress.getLocalHost().getHostName();
            EventSinks.Owner owner =
                    new EventSinks.Owner(id.id(), host, data.toString(), UUID.randomUUID(), id.writers());

            assertThatThrownBy(() -> EventSinks.find()
                            .open(SinkSettings.in(folder.resolve("lake")), owner, key -> Optional.empty()))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("is written by another collector with the same id");
        }
    }

    private long collectors() {
        return Tables.rows(good()).stream()
                .map(row -> row.getField("collector_id"))
                .distinct()
                .count();
    }

    private static String ready(Collector collector) throws IOException, InterruptedException {
        return Traffic.get(collector, "/ready");
    }
}
