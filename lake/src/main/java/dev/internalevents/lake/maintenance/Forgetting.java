package dev.internalevents.lake.maintenance;

import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Removes the rows of persons: reads the columns that name a person in every file, and writes each file that has such
 * rows again without them. What is removed stays readable in older snapshots until {@link Expiry#before}.
 */
final class Forgetting {

    private static final int MAX_ATTEMPTS = 5;
    private static final int FILES_OF_A_COMMIT = 50;

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
                remove(start, find(start, theirs), theirs);
                table.refresh();
                return table.currentSnapshot().snapshotId();
            } catch (ValidationException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                // Another program replaced one of the files, or deleted rows of it.
            }
        }
    }

    private List<FileScanTask> find(Snapshot start, Predicate<Record> theirs) {
        Schema columns = PersonRows.columns(table.schema(), failed);
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
                if (hasAny(file, columns, theirs)) {
                    found.add(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Also searches rows that delete files of other engines name: they are still in the file. */
    private boolean hasAny(FileScanTask file, Schema columns, Predicate<Record> theirs) throws IOException {
        try (CloseableIterable<Record> rows = copy.readAll(file, columns)) {
            int read = 0;
            for (Record row : rows) {
                if (++read % 1_000 == 0) {
                    copy.check();
                }
                if (theirs.test(row)) {
                    return true;
                }
            }
            return false;
        }
    }

    private void remove(Snapshot start, List<FileScanTask> files, Predicate<Record> theirs) {
        for (int from = 0; from < files.size(); from += FILES_OF_A_COMMIT) {
            replace(start, files.subList(from, Math.min(files.size(), from + FILES_OF_A_COMMIT)), theirs);
        }
    }

    private void replace(Snapshot start, List<FileScanTask> files, Predicate<Record> theirs) {
        List<DataFile> added = new ArrayList<>();
        try {
            for (FileScanTask file : files) {
                alive.run();
                added.addAll(copy.copy(List.of(file), theirs, Long.MAX_VALUE).files());
            }
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
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure) {
                copy.delete(added);
            }
            // After any other failure, the files may be part of the table.
            throw e;
        }
    }
}
