package dev.internalevents.lake.maintenance;

import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.events.CreateSnapshotEvent;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Removes the rows of persons: reads the columns that name a person in every file, and writes each file that has such
 * rows again without them. What is removed stays readable in older snapshots until {@link Expiry#before}.
 */
final class Forgetting {

    private static final int MAX_ATTEMPTS = 5;
    private static final int FILES_OF_A_COMMIT = 50;
    private static final int ROWS_BETWEEN_CHECKS = 1_000;

    private final Table table;
    private final RowCopy copy;
    private final Runnable alive;
    private final boolean failed;

    /** @param failed whether this is the table of failed events */
    Forgetting(Table table, RowCopy copy, Runnable alive, boolean failed) {
        this.table = table;
        this.copy = copy;
        this.alive = alive;
        this.failed = failed;
    }

    /**
     * Removes the rows.
     *
     * @return the id of a snapshot without them; 0 for a table without snapshots
     */
    long run(List<SinkForget> orders) {
        Predicate<Record> theirs = orders.stream()
                .map(order -> (Predicate<Record>) new PersonRows(order, failed))
                .reduce(row -> false, Predicate::or);
        for (int attempt = 1; ; attempt++) {
            table.refresh();
            Snapshot start = table.currentSnapshot();
            if (start == null) {
                return 0;
            }
            try {
                return remove(start, find(start, theirs), theirs);
            } catch (ValidationException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                // Another program replaced one of the files, or deleted rows of it.
            }
        }
    }

    private List<FileScanTask> find(Snapshot start, Predicate<Record> theirs) {
        Schema columns = PersonRows.columns(table, failed);
        List<FileScanTask> found = new ArrayList<>();
        try (CloseableIterable<FileScanTask> files =
                table.newScan().useSnapshot(start.snapshotId()).planFiles()) {
            for (FileScanTask file : files) {
                copy.check();
                alive.run();
                if (file.file().format() != FileFormat.PARQUET) {
                    throw new SinkException("lake: the table " + table.location() + " has files of the format "
                            + file.file().format() + ", in which persons cannot be forgotten; rewrite them as Parquet");
                }
                if (!rows(file, columns, theirs, true).isEmpty()) {
                    found.add(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /**
     * Returns the positions of rows in a file. Also searches rows that delete files of other engines name: they are
     * still in the file.
     *
     * @param one whether to end with the first
     */
    private BitSet rows(FileScanTask file, Schema columns, Predicate<Record> theirs, boolean one) throws IOException {
        BitSet found = new BitSet();
        try (CloseableIterable<Record> rows = copy.readAll(file, columns)) {
            int position = 0;
            for (Record row : rows) {
                if (position % ROWS_BETWEEN_CHECKS == 0) {
                    copy.check();
                }
                if (theirs.test(row)) {
                    found.set(position);
                    if (one) {
                        return found;
                    }
                }
                position++;
            }
        }
        return found;
    }

    /** Returns the id of the last snapshot of its own, which is without the rows whatever happens to the table. */
    private long remove(Snapshot start, List<FileScanTask> files, Predicate<Record> theirs) {
        List<Long> steps = new ArrayList<>(List.of(start.snapshotId()));
        for (int from = 0; from < files.size(); from += FILES_OF_A_COMMIT) {
            List<FileScanTask> some = files.subList(from, Math.min(files.size(), from + FILES_OF_A_COMMIT));
            steps.add(replace(start, some, theirs));
        }
        long last = steps.get(steps.size() - 1);
        table.refresh();
        for (long step : steps) {
            ValidationException.check(
                    table.snapshot(last) != null && SnapshotUtil.isAncestorOf(table, last, step),
                    "the table %s was rolled back meanwhile",
                    table.location());
        }
        return last;
    }

    private long replace(Snapshot start, List<FileScanTask> files, Predicate<Record> theirs) {
        Schema columns = PersonRows.columns(table, failed);
        List<DataFile> added = new ArrayList<>();
        try {
            for (FileScanTask file : files) {
                alive.run();
                BitSet dropped = rows(file, columns, theirs, false);
                added.addAll(copy.copy(List.of(file), row -> dropped.get((int) RowCopy.position(row)), Long.MAX_VALUE)
                        .files());
            }
        } catch (IOException e) {
            copy.delete(added);
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            copy.delete(added);
            throw e;
        }
        OverwriteFiles overwrite =
                table.newOverwrite().validateFromSnapshot(start.snapshotId()).validateNoConflictingDeletes();
        files.forEach(file -> overwrite.deleteFile(file.file()));
        added.forEach(overwrite::addFile);
        try {
            overwrite.commit();
            return ((CreateSnapshotEvent) overwrite.updateEvent()).snapshotId();
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure) {
                copy.delete(added);
            }
            // After any other failure, the files may be part of the table.
            throw e;
        }
    }
}
