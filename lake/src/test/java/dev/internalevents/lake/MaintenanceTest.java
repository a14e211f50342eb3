package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of a lake are looked after: few files, few snapshots, no orphans, and every row once. */
@Tag("slow")
class MaintenanceTest {

    private static final String GOOD = "good_events";
    private static final String FAILED = "failed_events";

    @TempDir
    private Path folder;

    private MaintainedTables tables;
    private final EventSinks.Owner owner = MaintainedTables.owner();

    @BeforeEach
    void create() {
        tables = new MaintainedTables(folder);
    }

    private static List<Long> good(long through) {
        return LongStream.rangeClosed(1, through)
                .filter(number -> number % 4 != 0)
                .boxed()
                .toList();
    }

    /** Commits ten events at a time. */
    private void write(EventSinks.Owner collector, Instant received, int after, int through) {
        try (EventSink sink = tables.open(collector)) {
            for (int from = after; from < through; from += 10) {
                tables.write(sink, received, from, from + 10);
            }
        }
    }

    @Test
    void small_files_of_days_that_are_over_are_merged_and_no_row_changes() throws IOException {
        write(owner, tables.daysAgo(1), 0, 80);
        write(owner, tables.daysAgo(0), 80, 140);
        List<String> good = tables.rows(GOOD);
        List<String> failed = tables.rows(FAILED);
        assertThat(tables.files(GOOD)).hasSizeGreaterThanOrEqualTo(14);

        assertThat(tables.tidy().merged()).isGreaterThanOrEqualTo(16);

        assertThat(tables.rows(GOOD)).isEqualTo(good);
        assertThat(tables.rows(FAILED)).isEqualTo(failed);
        assertThat(filesOf(1)).hasSize(1);
        assertThat(filesOf(0)).hasSize(6);
        assertThat(numbersInOrder(filesOf(1).get(0))).isEqualTo(good(80));
        assertThat(tables.tidy().merged()).isZero();
    }

    private List<FileScanTask> filesOf(int daysAgo) {
        int day = (int) (tables.daysAgo(daysAgo).getEpochSecond() / 86_400);
        return tables.files(GOOD).stream()
                .filter(file -> file.file().partition().get(0, Integer.class) == day)
                .toList();
    }

    private List<Long> numbersInOrder(FileScanTask file) throws IOException {
        Table table = tables.table(GOOD);
        List<Long> numbers = new ArrayList<>();
        try (var rows = Parquet.read(table.io().newInputFile(file.file().location()))
                .project(table.schema())
                .createReaderFunc(type -> org.apache.iceberg.data.parquet.GenericParquetReaders.buildReader(
                        table.schema(), type, Map.of()))
                .<Record>build()) {
            rows.forEach(row -> numbers.add((Long) row.getField("number")));
        }
        return numbers;
    }

    @Test
    void new_files_have_about_the_size_that_the_table_names() {
        try (EventSink sink = tables.open(owner)) {
            for (int i = 0; i < 10; i++) {
                tables.write(sink, tables.daysAgo(1), i * 500L, (i + 1) * 500L);
            }
        }
        List<String> rows = tables.rows(GOOD);
        long bytes = filesOf(1).get(0).file().fileSizeInBytes();
        tables.table(GOOD)
                .updateProperties()
                .set("write.target-file-size-bytes", Long.toString(2 * bytes))
                .commit();

        tables.tidy();

        assertThat(filesOf(1).size()).isBetween(2, 9);
        assertThat(tables.rows(GOOD)).isEqualTo(rows);
    }

    @Test
    void few_files_stay_and_late_ones_are_merged_once_they_are_many() {
        write(owner, tables.daysAgo(2), 0, 40);
        tables.tidy();
        assertThat(filesOf(2)).hasSize(4);

        write(owner, tables.daysAgo(2), 40, 50);
        tables.tidy();

        assertThat(filesOf(2)).hasSize(1);
        assertThat(tables.numbers(GOOD)).isEqualTo(good(50));
    }

    @Test
    void values_of_a_column_that_a_user_added_stay() throws IOException {
        write(owner, tables.daysAgo(1), 0, 50);
        Table table = tables.table(GOOD);
        table.updateSchema().addColumn("note", Types.StringType.get()).commit();
        Record row = GenericRecord.create(table.schema());
        row.setField("number", 1L);
        row.setField("collector_id", "user");
        row.setField("collector_tstamp", tables.daysAgo(1).atOffset(java.time.ZoneOffset.UTC));
        row.setField("note", "kept");
        DataWriter<Record> writer = Parquet.writeData(
                        table.io().newOutputFile(table.location() + "/data/of-a-user.parquet"))
                .forTable(table)
                .withSpec(table.spec())
                .withPartition(filesOf(1).get(0).file().partition())
                .createWriterFunc(GenericParquetWriter::create)
                .build();
        writer.write(row);
        writer.close();
        table.newAppend().appendFile(writer.toDataFile()).commit();

        tables.tidy();

        assertThat(filesOf(1)).hasSize(1);
        assertThat(Tables.rows(folder.resolve(GOOD)).stream()
                        .map(one -> one.getField("note"))
                        .filter(note -> note != null))
                .containsExactly("kept");
        assertThat(tables.numbers(GOOD)).hasSize(1 + good(50).size());
    }

    @Test
    void rows_that_another_engine_deleted_do_not_come_back() throws IOException {
        write(owner, tables.daysAgo(1), 0, 60);
        Table table = tables.table(GOOD);
        FileScanTask first = tables.files(GOOD).get(0);
        long number = numbersInOrder(first).get(0);
        EqualityDeleteWriter<Record> equal = Parquet.writeDeletes(
                        table.io().newOutputFile(table.location() + "/data/equal.parquet"))
                .forTable(table)
                .rowSchema(table.schema().select("number"))
                .equalityFieldIds(table.schema().findField("number").fieldId())
                .withSpec(table.spec())
                .withPartition(first.file().partition())
                .createWriterFunc(GenericParquetWriter::create)
                .buildEqualityWriter();
        Record deleted = GenericRecord.create(table.schema().select("number"));
        deleted.setField("number", number == 7L ? 9L : 7L);
        equal.write(deleted);
        equal.close();
        DeleteFile position;
        PositionDeleteWriter<Record> positions = Parquet.writeDeletes(
                        table.io().newOutputFile(table.location() + "/data/position.parquet"))
                .withSpec(table.spec())
                .withPartition(first.file().partition())
                .buildPositionWriter();
        positions.write(PositionDelete.<Record>create().set(first.file().location(), 0L));
        positions.close();
        position = positions.toDeleteFile();
        table.newRowDelta()
                .addDeletes(equal.toDeleteFile())
                .addDeletes(position)
                .commit();
        List<Long> left = new ArrayList<>(good(60));
        left.remove(number);
        left.remove(number == 7L ? 9L : 7L);
        assertThat(tables.numbers(GOOD)).isEqualTo(left);

        tables.tidy();

        assertThat(filesOf(1)).hasSize(1);
        assertThat(tables.files(GOOD)).allMatch(file -> file.deletes().isEmpty());
        assertThat(tables.numbers(GOOD)).isEqualTo(left);
    }

    @Test
    void a_merge_is_given_up_if_a_file_that_it_replaces_has_gone() {
        write(owner, tables.daysAgo(1), 0, 60);
        FileScanTask first = filesOf(1).get(0);
        AtomicBoolean once = new AtomicBoolean();
        tables.stopping = () -> {
            if (!once.getAndSet(true)) {
                tables.table(GOOD).newDelete().deleteFile(first.file()).commit();
            }
            return false;
        };
        Set<String> before = tables.dataOnDisk(GOOD);
        // The first check comes before the files of the merge are listed again.
        long expected = good(60).size() - first.file().recordCount();

        tables.tidy();

        assertThat(tables.numbers(GOOD)).hasSize((int) expected);
        assertThat(tables.dataOnDisk(GOOD)).isEqualTo(before);
        tables.tidy();
        assertThat(filesOf(1)).hasSize(1);
        assertThat(tables.numbers(GOOD)).hasSize((int) expected);
    }

    @Test
    void a_round_that_is_stopped_leaves_no_file() {
        try (EventSink sink = tables.open(owner)) {
            for (int i = 0; i < 6; i++) {
                tables.write(sink, tables.daysAgo(1), i * 300L, (i + 1) * 300L);
            }
        }
        Set<String> before = tables.dataOnDisk(GOOD);
        List<String> rows = tables.rows(GOOD);
        int[] asked = {0};
        // Before the merge, at its first row, and after it has written some.
        tables.stopping = () -> ++asked[0] > 2;

        assertThatThrownBy(() -> tables.tidy())
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("the collector stops");

        assertThat(tables.dataOnDisk(GOOD)).isEqualTo(before);
        assertThat(tables.rows(GOOD)).isEqualTo(rows);
    }

    @Test
    void one_collector_at_a_time_looks_after_the_tables_and_a_lease_ends_by_itself() {
        IcebergMaintenance one = tables.maintenance(MaintainedTables.owner("one"));
        IcebergMaintenance two = tables.maintenance(MaintainedTables.owner("two"));
        assertThat(one.take()).isTrue();
        assertThat(one.take()).isTrue();
        assertThat(two.take()).isFalse();

        one.release();
        assertThat(two.take()).isTrue();

        // It was killed; the clock of the other machine may be off by a minute.
        tables.now.addAndGet(Duration.ofMinutes(10).toMillis() + 30_000);
        assertThat(one.take()).isFalse();
        tables.now.addAndGet(Duration.ofSeconds(40).toMillis());
        assertThat(one.take()).isTrue();
    }

    @Test
    void a_collector_that_was_killed_takes_its_own_lease_again_at_once() {
        assertThat(tables.maintenance(MaintainedTables.owner("one")).take()).isTrue();

        assertThat(tables.maintenance(MaintainedTables.owner("one")).take()).isTrue();
    }

    @Test
    void a_lease_that_a_wrong_clock_made_too_long_does_not_count() {
        IcebergMaintenance one = tables.maintenance(MaintainedTables.owner("one"));
        tables.now.addAndGet(Duration.ofDays(400).toMillis());
        assertThat(one.take()).isTrue();
        tables.now.addAndGet(-Duration.ofDays(400).toMillis());

        assertThat(tables.maintenance(MaintainedTables.owner("two")).take()).isTrue();
    }

    @Test
    void old_snapshots_expire_with_their_files_and_each_collector_goes_on_at_its_place() {
        EventSinks.Owner idle = MaintainedTables.owner();
        write(idle, tables.daysAgo(1), 0, 10);
        write(owner, tables.daysAgo(1), 0, 300);
        Set<String> small = tables.dataOnDisk(GOOD);
        tables.tidy();
        write(owner, tables.daysAgo(0), 300, 500);
        assertThat(snapshots(GOOD)).isGreaterThan(50);
        List<String> rows = tables.rows(GOOD);
        tables.table(GOOD)
                .updateProperties()
                .set("write.target-file-size-bytes", "1")
                .commit();
        tables.now.addAndGet(Duration.ofDays(4).toMillis());

        assertThat(tables.tidy().expired()).isPositive();

        assertThat(snapshots(GOOD)).isEqualTo(20);
        assertThat(tables.rows(GOOD)).containsExactlyInAnyOrderElementsOf(rows);
        try (EventSink sink = tables.open(idle);
                EventSink other = tables.open(owner)) {
            assertThat(sink.place()).isEqualTo(10);
            assertThat(other.place()).isEqualTo(500);
        }
        // The small files that were merged went with the snapshots before the merge.
        assertThat(tables.dataOnDisk(GOOD)).doesNotContainAnyElementsOf(small).hasSize(21);
    }

    private long snapshots(String table) {
        long count = 0;
        for (Snapshot snapshot : tables.table(table).snapshots()) {
            count += snapshot.snapshotId() == 0 ? 0 : 1;
        }
        return count;
    }

    @Test
    void a_rollback_is_noticed_by_a_collector_whose_earlier_snapshots_have_expired() {
        EventSinks.Owner idle = MaintainedTables.owner();
        write(idle, tables.daysAgo(1), 0, 10);
        write(owner, tables.daysAgo(1), 0, 300);
        tables.now.addAndGet(Duration.ofDays(4).toMillis());
        tables.tidy();
        long snapshot = tables.table(GOOD).currentSnapshot().snapshotId();
        try (EventSink sink = tables.open(idle)) {
            tables.write(sink, tables.daysAgo(1), 10, 20);
        }
        tables.table(GOOD).manageSnapshots().rollbackTo(snapshot).commit();

        try (EventSink sink = tables.open(idle)) {
            assertThat(sink.place()).isEqualTo(10);
        }
        EventSinks.Owner third = MaintainedTables.owner();
        try (EventSink sink = tables.open(third)) {
            assertThat(sink.place()).isZero();
        }
    }

    @Test
    void files_that_no_snapshot_names_are_deleted_once_they_are_old() throws IOException {
        write(owner, tables.daysAgo(1), 0, 30);
        Set<String> data = tables.dataOnDisk(GOOD);
        Path day = Path.of(filesOf(1).get(0).file().location()).getParent();
        Path metadata = folder.resolve(GOOD).resolve("metadata");
        List<Path> orphans = List.of(
                day.resolve("killed.parquet"),
                metadata.resolve("killed-m0.avro"),
                metadata.resolve(".killed.metadata.json"),
                metadata.resolve(".killed.text"));
        for (Path orphan : orphans) {
            Files.writeString(orphan, "x");
        }
        Files.writeString(day.resolve("readme.txt"), "of a user");
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(4))));
            }
        }
        Files.writeString(day.resolve("young.parquet"), "x");

        assertThat(tables.tidy().orphans()).isEqualTo(4);

        assertThat(orphans).noneMatch(Files::exists);
        assertThat(tables.dataOnDisk(GOOD)).containsAll(data).contains("young.parquet", "readme.txt");
        assertThat(tables.numbers(GOOD)).isEqualTo(good(30));
        write(owner, tables.daysAgo(1), 30, 40);
        assertThat(tables.numbers(GOOD)).isEqualTo(good(40));
    }

    @Test
    void merges_and_commits_at_the_same_time_lose_and_double_nothing() throws Exception {
        EventSinks.Owner other = MaintainedTables.owner();
        write(owner, tables.daysAgo(1), 0, 50);
        write(other, tables.daysAgo(1), 0, 50);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (EventSinks.Owner collector : List.of(owner, other)) {
                running.add(threads.submit(() -> write(collector, tables.daysAgo(1), 50, 200)));
            }
            List<Future<Boolean>> merging = new ArrayList<>();
            for (EventSinks.Owner collector : List.of(owner, other)) {
                // Without the lease, which only spares them the work.
                Callable<Boolean> merge = () -> {
                    for (int i = 0; i < 4; i++) {
                        tables.maintenance(collector).tidy();
                    }
                    return true;
                };
                merging.add(threads.submit(merge));
            }
            for (Future<?> one : running) {
                one.get();
            }
            for (Future<?> one : merging) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }

        List<Long> twice =
                good(200).stream().flatMap(number -> Stream.of(number, number)).toList();
        assertThat(tables.numbers(GOOD)).isEqualTo(twice);
        tables.tidy();
        assertThat(tables.numbers(GOOD)).isEqualTo(twice);
        assertThat(filesOf(1)).hasSizeLessThan(5);
    }

    @Test
    void an_idle_collector_does_not_write_metadata_at_each_commit() {
        try (EventSink sink = tables.open(owner)) {
            tables.write(sink, tables.daysAgo(0), 0, 10);
            Set<String> before = tables.metadataOnDisk(GOOD);
            for (int i = 0; i < 10; i++) {
                sink.commit(10);
            }
            assertThat(tables.metadataOnDisk(GOOD)).isEqualTo(before);
        }
    }
}
