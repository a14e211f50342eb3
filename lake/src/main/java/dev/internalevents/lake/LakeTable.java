package dev.internalevents.lake;

import dev.internalevents.lake.maintenance.Places;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SchemaColumns;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.StoredEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * One table, as one collector writes it. The place is recorded twice in the same commit: in the summary of the
 * snapshot, which follows the data if somebody rolls the table back, and in the table's properties, which stay if
 * snapshots expire.
 */
final class LakeTable implements EventTable {

    /** The prefix of the key with a collector's place in the summary of a snapshot. */
    static final String PLACE = Places.PREFIX;

    private static final String PLACE_PROPERTY = "internal-events.place.";

    /** The prefix of the key with the last turn of events that became good, in the summary and in the properties. */
    private static final String RETRIED = "internal-events.retried.";

    /** Iceberg's own pool rejects work as soon as the JVM shuts down, before the last commit. */
    private static final ExecutorService WORKER = Executors.newFixedThreadPool(2, work -> {
        Thread thread = new Thread(work, "internal-events-lake");
        thread.setDaemon(true);
        return thread;
    });

    private final Table table;
    /** Whether the place of this table is that of the sink; else the property keeps the greatest one. */
    private final boolean isPlace;

    private final EventSinks.Owner owner;
    private final Claim claim;
    private final DataFiles files;
    private final EventColumns columns;
    private long place;
    private long retried;
    private long recorded;

    /** A schema in one of its two uses. */
    record Named(SchemaKey schema, boolean isContext) {
        String column() {
            return isContext ? SchemaColumns.ofContexts(schema) : SchemaColumns.ofUnstructEvent(schema);
        }
    }

    /**
     * Prepares a table for writing.
     *
     * @param millis the time of day in milliseconds
     */
    LakeTable(
            TableShape shape,
            Table table,
            EventSinks.Owner owner,
            EventSinks.SchemaTexts schemas,
            Duration claimed,
            LongSupplier millis) {
        this.table = table;
        this.isPlace = shape == TableShape.GOOD_EVENTS;
        this.owner = owner;
        this.claim = new Claim(table, owner, claimed, millis);
        Evolution evolution = new Evolution(table, schemas);
        claim.check();
        evolution.restore(shape);
        this.place = readPlace();
        this.retried = readRetried();
        this.files = new DataFiles(shape, table, partitions(), owner.id().toString());
        this.columns = new EventColumns(evolution, files);
    }

    private PartitionSpec partitions() {
        PartitionSpec wanted = TableShape.partitions(table.schema());
        return table.specs().values().stream()
                .filter(spec -> spec.compatibleWith(wanted))
                .findFirst()
                .orElseThrow(() -> new SinkException("lake: the table " + table.location()
                        + " is not partitioned by day(" + TableShape.TIME
                        + "), so this program did not make it; choose another folder with --lake"));
    }

    /** Takes the table for this collector, until the next commit or the end of the claim. */
    void claim() {
        claim.take();
    }

    @Override
    public long place() {
        return place;
    }

    /** Returns whether the table lacks rows that it had, because it was rolled back. */
    @Override
    public boolean isRolledBack() {
        return place < recorded;
    }

    private long readPlace() {
        Snapshot current = table.currentSnapshot();
        Long found = place(current == null ? List.of() : SnapshotUtil.currentAncestors(table));
        recorded = number(table.properties().get(PLACE_PROPERTY + owner.id()));
        return found != null ? found : recorded;
    }

    /**
     * Returns the place in a snapshot and its ancestors: 0 if no commit of this collector is among them, and null if
     * that is not known because another program expired ancestors.
     */
    private @Nullable Long place(Iterable<Snapshot> newestFirst) {
        String text = Places.at(table, newestFirst, owner.id().toString());
        return text == null ? null : number(text);
    }

    /** Returns the last turn in a snapshot and its ancestors; null if that is not known because ancestors expired. */
    private @Nullable Long turn(Iterable<Snapshot> newestFirst) {
        Snapshot oldest = null;
        for (Snapshot snapshot : newestFirst) {
            String text = snapshot.summary() == null ? null : snapshot.summary().get(RETRIED + owner.id());
            if (text != null) {
                return number(text);
            }
            oldest = snapshot;
        }
        return oldest == null || oldest.parentId() == null ? 0L : null;
    }

    private long number(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new SinkException(
                    "lake: the place of collector " + owner.id() + " in the table " + table.location()
                            + " is not a number; somebody changed the table. Roll it back to an earlier snapshot, or"
                            + " choose another folder with --lake",
                    e);
        }
    }

    private long readRetried() {
        Snapshot current = table.currentSnapshot();
        Long found = turn(current == null ? List.of() : SnapshotUtil.currentAncestors(table));
        return found != null ? found : number(table.properties().get(RETRIED + owner.id()));
    }

    /** Returns the last turn of events that became good. */
    @Override
    public long retried() {
        return retried;
    }

    /** Adds good events up to the place, unless this turn was recorded already. */
    @Override
    public void addRetried(long turn, List<StoredEvent> events) {
        if (turn > retried) {
            columns.prepare(events);
            events.forEach(files::add);
            commit(files.take(), place, turn);
            retried = turn;
        }
    }

    /** Adds events beyond the place. */
    @Override
    public void write(List<StoredEvent> events) {
        columns.prepare(events);
        for (StoredEvent event : events) {
            if (event.number() > place) {
                files.add(event);
            }
        }
    }

    @Override
    public long pending() {
        return files.bytes();
    }

    /**
     * Commits what was added, and the place, which never becomes smaller.
     *
     * @param always whether the place is recorded without events too
     */
    @Override
    public void commit(long reached, boolean always) {
        List<DataFile> added = files.take();
        if (added.isEmpty() && !always) {
            return;
        }
        try {
            commit(added, Math.max(place, reached), retried);
            place = Math.max(place, reached);
            recorded = Math.max(place, isPlace ? 0 : recorded);
        } catch (RuntimeException e) {
            if (e instanceof CleanableFailure) {
                added.forEach(this::delete);
            }
            // After any other failure, the files may be part of the table.
            throw e;
        }
    }

    private void delete(DataFile file) {
        try {
            table.io().deleteFile(file.location());
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            // A file that no snapshot names is not read.
        }
    }

    private void commit(List<DataFile> added, long reached, long turn) {
        if (added.isEmpty() && reached == place && turn == retried) {
            claim.extend();
            return;
        }
        table.refresh();
        claim.check();
        checkThatAllExist(added);
        Transaction transaction = table.newTransaction();
        AppendFiles append = transaction
                .newAppend()
                .set(PLACE + owner.id(), Long.toString(reached))
                .set(RETRIED + owner.id(), Long.toString(turn))
                .scanManifestsWith(WORKER)
                .writeManifestsWith(WORKER, 1)
                .validateWith(new SamePlace(place, retried));
        added.forEach(append::appendFile);
        append.commit();
        claim.set(transaction.updateProperties())
                .set(RETRIED + owner.id(), Long.toString(turn))
                .set(PLACE_PROPERTY + owner.id(), Long.toString(Math.max(reached, isPlace ? 0 : recorded)))
                .commit();
        transaction.commitTransaction();
        table.refresh();
    }

    /** A program that deletes orphans with a wrong clock may have deleted files that are not part of the table yet. */
    private void checkThatAllExist(List<DataFile> added) {
        for (DataFile file : added) {
            if (!table.io().newInputFile(file.location()).exists()) {
                throw new SinkException("lake: a new file of the table " + table.location() + " is gone before its"
                        + " commit, so its events are written again; another program deleted it, or the clock of one"
                        + " is wrong");
            }
        }
    }

    /** Closes the table, and discards what was not committed. */
    @Override
    public void close() {
        files.discard();
        claim.release();
    }

    /** Checks, for each attempt of a commit, that no other process has moved this collector's place. */
    private final class SamePlace implements SnapshotAncestryValidator {
        private final long expected;
        private final long turn;

        private SamePlace(long expected, long turn) {
            this.expected = expected;
            this.turn = turn;
        }

        @Override
        public boolean validate(Iterable<Snapshot> newestFirst) {
            Long found = place(newestFirst);
            Long last = turn(newestFirst);
            return (found == null || found == expected) && (last == null || last == turn);
        }

        @Override
        public String errorMessage() {
            return "the place of collector " + owner.id() + " in the table is not " + expected
                    + " any more: the table was rolled back, or another process has a copy of the data folder";
        }
    }
}
