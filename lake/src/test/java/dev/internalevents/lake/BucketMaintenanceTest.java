package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.lake.s3.S3Files;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.PositionOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables in a bucket are looked after as those in a folder are; {@link MaintenanceTest} has the cases. */
@Tag("slow")
class BucketMaintenanceTest {

    private static final String LAKE = "s3://" + S3Server.BUCKET + "/lake";
    private static final int COMMITS = 25;
    private static final int EVENTS_OF_A_COMMIT = 4;

    @TempDir
    private Path folder;

    private final EventSinks.Owner owner = MaintainedTables.owner();
    private final AtomicLong now = new AtomicLong(System.currentTimeMillis());

    @Test
    void small_files_old_snapshots_and_orphans_go_and_every_row_stays() throws Exception {
        try (S3Server s3 = S3Server.start(folder.resolve("objects"));
                S3Files files = new S3Files(s3.settings());
                BucketCatalog catalog = new BucketCatalog(LAKE, files)) {
            write(s3, 0);
            Table table = catalog.open(TableShape.GOOD_EVENTS);
            var rows = Tables.numbers(table);
            assertThat(rows).hasSize(COMMITS * 3);

            assertThat(tidy(catalog).merged()).isGreaterThanOrEqualTo(2 * COMMITS);

            table.refresh();
            assertThat(Tables.numbers(table)).isEqualTo(rows);
            assertThat(named(table)).hasSize(1);
            String orphan = LAKE + "/good_events/data/killed.parquet";
            create(files, orphan);
            // By the clock of the store, which decides what may belong to a commit that is under way.
            Path object = folder.resolve("objects/" + S3Server.BUCKET + "/lake/good_events/data/killed.parquet");
            Files.setLastModifiedTime(object, FileTime.from(Instant.now().minus(4, ChronoUnit.DAYS)));
            now.addAndGet(Duration.ofDays(4).toMillis());

            SinkMaintenance.Tidied tidied = tidy(catalog);

            assertThat(tidied.expired()).isPositive();
            assertThat(tidied.orphans()).isEqualTo(1);
            assertThat(files.newInputFile(orphan).exists()).isFalse();
            table.refresh();
            assertThat(Tables.numbers(table)).isEqualTo(rows);
            assertThat(stored(files)).containsAll(named(table)).hasSize(COMMITS + 1);
            assertThat(table.snapshots()).hasSize(20);
            write(s3, COMMITS * EVENTS_OF_A_COMMIT);
            table.refresh();
            assertThat(Tables.numbers(table)).hasSize(2 * rows.size());
        }
    }

    private void write(S3Server s3, long after) {
        SinkSettings settings =
                new SinkSettings(LAKE, null, SinkSettings.Format.ICEBERG, Duration.ofSeconds(1), 1_000_000, s3.url());
        Instant yesterday = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(1, ChronoUnit.DAYS);
        try (EventSink sink = EventSinks.find().open(settings, owner, key -> Optional.empty())) {
            assertThat(sink.place()).isEqualTo(after);
            for (int i = 0; i < COMMITS; i++) {
                long from = after + (long) i * EVENTS_OF_A_COMMIT;
                long through = from + EVENTS_OF_A_COMMIT;
                sink.write(MaintainedTables.events(yesterday, from, through, Map.of()));
                sink.commit(through);
            }
        }
    }

    private SinkMaintenance.Tidied tidy(LakeCatalog catalog) {
        IcebergMaintenance maintenance = new IcebergMaintenance(
                catalog.open(TableShape.GOOD_EVENTS),
                catalog.open(TableShape.FAILED_EVENTS),
                new IcebergMaintenance.Parts(owner, () -> false, now::get, Reason::of, () -> {}));
        assertThat(maintenance.take()).isTrue();
        try {
            return maintenance.tidy();
        } finally {
            maintenance.release();
        }
    }

    private static void create(S3Files files, String address) throws IOException {
        try (PositionOutputStream out = files.newOutputFile(address).create()) {
            out.write("x".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Returns the data files that the current snapshot names. */
    private static Set<String> named(Table table) throws IOException {
        Set<String> names = new TreeSet<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> names.add(task.file().location()));
        }
        return names;
    }

    private static Set<String> stored(S3Files files) {
        Set<String> names = new TreeSet<>();
        files.listPrefix(LAKE + "/good_events/data/").forEach(file -> names.add(file.location()));
        return names;
    }
}
