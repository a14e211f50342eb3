package dev.internalevents.lake.maintenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the small files of days that are over, in the order of their first numbers, so the rows of a collector stay in
 * the order of their numbers. Rows that delete files of other engines name are left out. A merge does not wait for
 * appends, nor they for it; it is given up if a file that it replaces has gone meanwhile.
 */
final class Compaction {

    /** Fewer small files of a day stay as they are. */
    static final int MIN_FILES = 5;

    static final long DEFAULT_FILE_BYTES = 128 << 20;

    private static final long MAX_FILE_BYTES = 1L << 40;

    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);
    private static final long DAY_MILLIS = 86_400_000;
    private static final int MAX_FILES_OF_A_MERGE = 1_000;
    private static final int MAX_FILES_OF_A_ROUND = 50_000;
    /** A merge that is interrupted loses the work of so many new files. */
    private static final int NEW_FILES_OF_A_MERGE = 4;

    private final Table table;
    private final RowCopy copy;
    private final Runnable alive;
    private final long fileBytes;

    private record Partition(int spec, int day) {}

    /** @param alive called between merges; throws to end the round */
    Compaction(Table table, RowCopy copy, Runnable alive) {
        this.table = table;
        this.copy = copy;
        this.alive = alive;
        this.fileBytes = Math.min(
                MAX_FILE_BYTES,
                NumberProperty.of(table, TableProperties.WRITE_TARGET_FILE_SIZE_BYTES, 1, DEFAULT_FILE_BYTES));
    }

    /**
     * Merges what can be merged.
     *
     * @param now in milliseconds; days before its day, in UTC, are over
     * @return how many files were replaced
     */
    long run(long now) {
        Snapshot start = table.currentSnapshot();
        if (start == null) {
            return 0;
        }
        long merged = 0;
        for (List<FileScanTask> files :
                small(start, Math.floorDiv(now, DAY_MILLIS)).values()) {
            files.sort(Comparator.comparingLong(Compaction::firstNumber).thenComparingLong(Compaction::sequence));
            for (List<FileScanTask> together : groups(files)) {
                copy.check();
                alive.run();
                merged += merge(together, start) ? together.size() : 0;
            }
        }
        return merged;
    }

    private Map<Partition, List<FileScanTask>> small(Snapshot start, long today) {
        Map<Partition, List<FileScanTask>> small =
                new TreeMap<>(Comparator.comparingInt(Partition::day).thenComparingInt(Partition::spec));
        int found = 0;
        try (CloseableIterable<FileScanTask> all = table.newScan()
                .useSnapshot(start.snapshotId())
                .filter(Expressions.lessThan(ColumnNames.TIME, today * DAY_MILLIS * 1_000))
                .includeColumnStats(List.of(ColumnNames.NUMBER))
                .planFiles()) {
            for (FileScanTask task : all) {
                Integer day = day(task);
                if (day != null && day < today && isSmall(task) && found < MAX_FILES_OF_A_ROUND) {
                    small.computeIfAbsent(new Partition(task.spec().specId(), day), key -> new ArrayList<>())
                            .add(task);
                    found++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return small;
    }

    private boolean isSmall(FileScanTask task) {
        return task.file().format() == FileFormat.PARQUET
                && (task.file().fileSizeInBytes() < fileBytes / 4 * 3
                        || !task.deletes().isEmpty());
    }

    /** Returns the days since 1970 of a file; null if the table is partitioned in another way. */
    private static @Nullable Integer day(FileScanTask task) {
        PartitionSpec spec = task.spec();
        return spec.fields().size() == 1
                        && spec.fields().get(0).transform().toString().equals("day")
                ? task.file().partition().get(0, Integer.class)
                : null;
    }

    private static long sequence(FileScanTask task) {
        Long sequence = task.file().dataSequenceNumber();
        return sequence == null ? 0 : sequence;
    }

    private static long firstNumber(FileScanTask task) {
        Map<Integer, ByteBuffer> bounds = task.file().lowerBounds();
        ByteBuffer first = bounds == null || bounds.size() != 1
                ? null
                : bounds.values().iterator().next();
        return first == null ? 0 : Conversions.<Long>fromByteBuffer(Types.LongType.get(), first);
    }

    private List<List<FileScanTask>> groups(List<FileScanTask> files) {
        List<List<FileScanTask>> groups = new ArrayList<>();
        List<FileScanTask> group = new ArrayList<>();
        long bytes = 0;
        for (FileScanTask task : files) {
            if (group.size() >= MAX_FILES_OF_A_MERGE || bytes >= NEW_FILES_OF_A_MERGE * fileBytes) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = 0;
            }
            group.add(task);
            bytes += task.file().fileSizeInBytes();
        }
        groups.add(group);
        groups.removeIf(few -> few.size() < MIN_FILES);
        return groups;
    }

    /** Replaces files; returns false if another process has replaced one of them, or deleted rows of one. */
    private boolean merge(List<FileScanTask> tasks, Snapshot start) {
        RowCopy.Copied copied = copy.copy(tasks, row -> false, fileBytes);
        try {
            check(tasks, copied);
            RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(start.snapshotId());
            tasks.forEach(task -> rewrite.deleteFile(task.file()));
            copied.files().forEach(rewrite::addFile);
            rewrite.commit();
            return true;
        } catch (ValidationException e) {
            LOG.debug("the merge of {} files of {} is given up", tasks.size(), table.location(), e);
            copy.delete(copied.files());
            return false;
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure) {
                copy.delete(copied.files());
            }
            // After any other failure, the files may be part of the table.
            throw e;
        }
    }

    /** @throws DamagedFileException if a file did not give the rows that the table expects */
    private static void check(List<FileScanTask> tasks, RowCopy.Copied copied) {
        if (tasks.stream().allMatch(task -> task.deletes().isEmpty())) {
            long expected =
                    tasks.stream().mapToLong(task -> task.file().recordCount()).sum();
            if (expected != copied.written()) {
                throw new DamagedFileException(expected, copied.written());
            }
        }
    }

    /** Files have fewer or more rows than the table says. They stay as they are. */
    private static final class DamagedFileException extends RuntimeException implements CleanableFailure {
        private static final long serialVersionUID = 1;

        private DamagedFileException(long expected, long found) {
            super("the files of a day have " + found + " rows instead of " + expected);
        }
    }
}
