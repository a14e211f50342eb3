package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance of tables that users and other programs change, at bad times too. */
@Tag("slow")
class ChangedTablesTest {

    private static final String GOOD = "good_events";
    private static final String FAILED = "failed_events";
    private static final Map<String, String> PERSON = Map.of("uid", "4711");

    @TempDir
    private Path folder;

    private MaintainedTables tables;
    private final EventSinks.Owner owner = MaintainedTables.owner();

    @BeforeEach
    void create() {
        tables = new MaintainedTables(folder);
    }

    /** Commits four events, three of them good. */
    private void write(long after, Map<String, String> more) {
        try (EventSink sink = tables.open(owner)) {
            sink.write(MaintainedTables.events(tables.daysAgo(1), after, after + 4, more));
            sink.commit(after + 4);
        }
    }

    private SinkForget order(long through) {
        return new SinkForget(owner.id(), through, tables.daysAgo(0), new Persons(Set.of("4711"), Set.of()), Set.of());
    }

    private void set(String name, String property, String value) {
        tables.table(name).updateProperties().set(property, value).commit();
    }

    @Test
    void a_rollback_between_two_commits_of_a_removal_does_not_keep_the_rows() {
        for (int i = 0; i < 60; i++) {
            write(4 * i, PERSON);
        }
        Snapshot start = tables.table(GOOD).currentSnapshot();
        AtomicBoolean isRolledBack = new AtomicBoolean();
        tables.stopping = () -> {
            Table table = tables.table(GOOD);
            if (table.currentSnapshot().snapshotId() != start.snapshotId() && !isRolledBack.getAndSet(true)) {
                table.manageSnapshots().rollbackTo(start.snapshotId()).commit();
            }
            return false;
        };
        IcebergMaintenance maintenance = tables.maintenance(owner);

        String mark = maintenance.forget(List.of(order(240)));
        while (!maintenance.expire(mark)) {
            mark = maintenance.forget(List.of(order(240)));
        }

        assertThat(isRolledBack).isTrue();
        assertThat(tables.numbers(GOOD)).isEmpty();
    }

    @Test
    void a_column_that_was_added_during_a_removal_keeps_its_values() throws IOException {
        write(0, PERSON);
        write(4, Map.of());
        AtomicBoolean isChanged = new AtomicBoolean();
        tables.stopping = () -> {
            if (!isChanged.getAndSet(true)) {
                addAndFillColumn();
            }
            return false;
        };

        tables.maintenance(owner).forget(List.of(order(8)));

        assertThat(isChanged).isTrue();
        List<Record> rows = Tables.rows(folder.resolve(GOOD));
        assertThat(rows.stream().map(row -> row.getField("number"))).containsExactly(5L, 6L, 7L);
        assertThat(rows.stream().map(row -> row.getField("team"))).containsOnly("growth");
    }

    /** As another engine does that updates rows: the files are replaced by one with values in a new column. */
    private void addAndFillColumn() {
        Table table = tables.table(GOOD);
        table.updateSchema().addColumn("team", Types.StringType.get()).commit();
        List<FileScanTask> files = tables.files(GOOD);
        DataWriter<Record> writer;
        try {
            writer = Parquet.writeData(table.io().newOutputFile(table.location() + "/data/updated.parquet"))
                    .forTable(table)
                    .withSpec(table.spec())
                    .withPartition(files.get(0).file().partition())
                    .createWriterFunc(GenericParquetWriter::create)
                    .build();
            Tables.rows(table).forEach(row -> {
                row.setField("team", "growth");
                writer.write(row);
            });
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        OverwriteFiles update = table.newOverwrite().addFile(writer.toDataFile());
        files.forEach(file -> update.deleteFile(file.file()));
        update.commit();
    }

    @Test
    void persons_are_found_by_columns_that_were_renamed_or_dropped() {
        write(0, PERSON);
        write(4, Map.of());
        tables.table(GOOD).updateSchema().renameColumn("user_id", "customer").commit();
        tables.table(FAILED).updateSchema().deleteColumn("user_id").commit();
        write(8, PERSON);

        tables.maintenance(owner).forget(List.of(order(12)));

        assertThat(tables.numbers(GOOD)).containsExactly(5L, 6L, 7L);
        assertThat(tables.numbers(FAILED)).containsExactly(8L);
    }

    @Test
    void a_property_that_is_not_a_number_is_named_and_what_does_not_need_it_is_done() {
        for (int i = 0; i < 6; i++) {
            write(4 * i, Map.of());
        }
        set(GOOD, "write.target-file-size-bytes", "large");

        assertThatThrownBy(() -> tables.tidy())
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("write.target-file-size-bytes")
                .hasMessageContaining("\"large\"")
                .hasMessageContaining("expected");
        assertThat(tables.files(FAILED)).hasSize(1);
        assertThat(tables.files(GOOD)).hasSize(6);

        set(GOOD, "write.target-file-size-bytes", "999999999999999999");
        set(GOOD, "history.expire.max-snapshot-age-ms", "3d");
        assertThatThrownBy(() -> tables.tidy())
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("history.expire.max-snapshot-age-ms")
                .hasMessageContaining("\"3d\"");
        assertThat(tables.files(GOOD)).hasSize(1);
    }

    @Test
    void nothing_is_deleted_of_a_table_whose_files_belong_to_others_too() throws IOException {
        for (int i = 0; i < 30; i++) {
            write(4 * i, Map.of());
        }
        Path orphan = folder.resolve(GOOD).resolve("data").resolve("of-another-table.parquet");
        Files.writeString(orphan, "x");
        age(orphan);
        set(GOOD, "gc.enabled", "false");
        set(GOOD, "history.expire.max-snapshot-age-ms", "1");

        assertThat(tables.tidy().merged()).isGreaterThanOrEqualTo(30);

        assertThat(orphan).exists();
        assertThat(tables.table(GOOD).snapshots()).hasSizeGreaterThanOrEqualTo(30);
        assertThat(tables.table(FAILED).snapshots()).hasSizeGreaterThanOrEqualTo(20);
        IcebergMaintenance maintenance = tables.maintenance(owner);
        String mark = maintenance.forget(List.of(order(120)));
        assertThatThrownBy(() -> maintenance.expire(mark))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("gc.enabled");
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(
                file,
                FileTime.fromMillis(
                        System.currentTimeMillis() - Duration.ofDays(4).toMillis()));
    }

    @Test
    void a_clock_that_is_ahead_deletes_no_file_of_a_commit_under_way() throws IOException {
        write(0, Map.of());
        try (EventSink sink = tables.open(owner)) {
            for (int i = 1; i <= 5; i++) {
                // Only three files are open at a time.
                sink.write(MaintainedTables.events(tables.daysAgo(i), 4 * i, 4 * i + 4, Map.of()));
            }
            Set<String> underWay = tables.dataOnDisk(GOOD);
            Path orphan = folder.resolve(GOOD).resolve("data").resolve("killed.parquet");
            Files.writeString(orphan, "x");
            age(orphan);
            tables.now.addAndGet(Duration.ofDays(30).toMillis());

            tables.tidy();

            assertThat(orphan).doesNotExist();
            assertThat(underWay).hasSizeGreaterThan(1);
            sink.commit(24);
        }
        assertThat(tables.numbers(GOOD)).hasSize(18);
    }

    @Test
    void a_file_that_is_gone_before_its_commit_does_not_become_part_of_the_table() throws IOException {
        write(0, Map.of());
        Set<String> before = tables.dataOnDisk(GOOD);
        try (EventSink sink = tables.open(owner)) {
            for (int i = 1; i <= 5; i++) {
                sink.write(MaintainedTables.events(tables.daysAgo(i), 4 * i, 4 * i + 4, Map.of()));
            }
            try (Stream<Path> all = Files.walk(folder.resolve(GOOD).resolve("data"))) {
                Path written = all.filter(file -> file.toString().endsWith(".parquet")
                                && !before.contains(file.getFileName().toString()))
                        .findFirst()
                        .orElseThrow();
                Files.delete(written);
            }

            assertThatThrownBy(() -> sink.commit(24))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("is gone before its commit");
        }
        try (EventSink sink = tables.open(owner)) {
            assertThat(sink.place()).isEqualTo(4);
        }
        assertThat(tables.numbers(GOOD)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_second_round_has_nothing_to_merge_whatever_size_the_files_shall_have() {
        try (EventSink sink = tables.open(owner)) {
            for (int i = 0; i < 12; i++) {
                tables.write(sink, tables.daysAgo(1), i * 3_000L, (i + 1) * 3_000L);
            }
        }
        set(GOOD, "write.target-file-size-bytes", "100000");
        tables.tidy();
        assertThat(tables.files(GOOD)).hasSizeBetween(5, 100);
        tables.tidy();

        assertThat(tables.tidy().merged()).isZero();
    }
}
