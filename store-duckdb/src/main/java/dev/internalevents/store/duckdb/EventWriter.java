package dev.internalevents.store.duckdb;

import dev.internalevents.spool.Place;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.Progress;
import dev.internalevents.store.StoredEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events, one transaction for each batch, and adds the columns and views they need. Used only by the writing
 * thread.
 */
final class EventWriter {

    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

    private final Database database;
    private final DuckDbFile file;
    private final Columns columns;
    private final EventCounts counts;

    EventWriter(OpenStore store) {
        this.database = store.database();
        this.file = store.file();
        this.columns = store.columns();
        this.counts = store.counts();
    }

    /** Returns how far a spool has been drained. May be called by any thread. */
    Progress progress(UUID spool) {
        return database.first(
                        "SELECT segment, \"offset\", events FROM progress WHERE spool = ?::UUID",
                        found -> new Progress(new Place(spool, found.getLong(1), found.getInt(2)), found.getInt(3)),
                        spool.toString())
                .orElse(Progress.start(spool));
    }

    /** Stores the events of one transaction and the progress it reaches; returns the number of events. */
    int write(EventSource source) {
        file.checkInPlace();
        Batch batch = new Batch(source, columns, counts.window());
        boolean isWritten = inTransaction(batch, writing -> {
            insert(writing, batch);
            if (!batch.missing().isEmpty() && source.rewind()) {
                return false;
            }
            LargeValues.write(writing, batch.large());
            FailedRequests.write(writing, batch.requests());
            EventSource.WaitingChanges changes = source.waitingChanges();
            WaitingRequests.remove(writing, changes.settled());
            WaitingRequests.write(writing, changes.added());
            writeProgress(writing, source.progress());
            writeLast(writing, batch.lastNumber());
            return true;
        });
        if (!isWritten) {
            extend(batch);
            return write(source);
        }
        file.restrictLog();
        counts.add(batch);
        extend(batch);
        return batch.size();
    }

    /** Replaces a failed event by the event with the same number. */
    void replace(StoredEvent event, byte @Nullable [] frame) {
        OneEvent source = new OneEvent(event, frame);
        Batch rehearsal = new Batch(source, columns, counts.window());
        if (!rehearsal.accepts()) {
            extend(rehearsal);
        }
        Batch batch = new Batch(source, columns, counts.window());
        inTransaction(batch, writing -> {
            try (Statement sql = writing.createStatement()) {
                sql.execute("DELETE FROM event WHERE number = " + event.number());
                sql.execute("DELETE FROM large_value WHERE number = " + event.number());
                if (!event.isGood()) {
                    // The request is written again. For a good event it stays, for the other events of the request.
                    sql.execute("DELETE FROM failed_request WHERE number = " + event.number());
                }
            }
            insert(writing, batch);
            LargeValues.write(writing, batch.large());
            FailedRequests.write(writing, batch.requests());
            writing.commit();
            counts.recount();
            return true;
        });
        extend(batch);
    }

    /** Checks that the store can be written, without changing data. */
    void check() {
        database.transaction("written", writing -> Sql.execute(writing, "UPDATE store SET last = last"));
    }

    /** Writes a batch and commits, or rolls back if the work fails or returns false. */
    private boolean inTransaction(Batch batch, DuckDbEventStore.Reading<Boolean> work) {
        try {
            boolean isDone = work.read(database.writing());
            if (isDone) {
                database.writing().commit();
            } else {
                database.rollBack();
            }
            return isDone;
        } catch (SQLException | RuntimeException | Error e) {
            database.rollBack();
            throw cause(batch, e);
        }
    }

    /** Returns the original failure: DuckDB passes an exception thrown in the batch on only as text. */
    private RuntimeException cause(Batch batch, Throwable e) {
        Throwable inside = batch.failure() == null ? e : batch.failure();
        if (inside instanceof Error error) {
            throw error;
        }
        return inside instanceof RuntimeException unchecked
                ? unchecked
                : database.failed("written", (Exception) inside);
    }

    private static void insert(Connection writing, Batch batch) throws SQLException {
        String token = BatchFunction.offer(batch);
        try (Statement sql = writing.createStatement()) {
            String names = batch.order().stream().map(Column::quoted).collect(Collectors.joining(", "));
            String values = batch.order().stream()
                    .map(column -> column.type().converted(column.quoted()))
                    .collect(Collectors.joining(", "));
            sql.execute("INSERT INTO event (" + names + ") SELECT " + values + " FROM " + BatchFunction.NAME + "('"
                    + token + "')");
        } finally {
            BatchFunction.remove(token);
        }
    }

    private static void writeProgress(Connection writing, @Nullable Progress progress) throws SQLException {
        if (progress != null) {
            Place place = progress.place();
            try (Statement sql = writing.createStatement()) {
                sql.execute("DELETE FROM progress");
                sql.execute("INSERT INTO progress VALUES ('" + place.spool() + "'::UUID, " + place.segment() + ", "
                        + place.offset() + ", " + progress.events() + ")");
            }
        }
    }

    private static void writeLast(Connection writing, long number) throws SQLException {
        if (number > 0) {
            Sql.execute(writing, "UPDATE store SET last = " + number);
        }
    }

    /**
     * Creates columns and views for new names in the batch. A failure to add columns is only logged, unless an event
     * needs one or the database is in trouble.
     */
    private void extend(Batch batch) {
        if (batch.missing().isEmpty()
                && batch.wanted().isEmpty()
                && batch.newFields().isEmpty()) {
            return;
        }
        Set<String> names = new LinkedHashSet<>(batch.missing());
        names.addAll(batch.wanted());
        try {
            columns.add(database.writing(), names, batch.newFields());
            database.writing().commit();
        } catch (SQLException e) {
            database.rollBack();
            if (!batch.missing().isEmpty() || Database.isTrouble(e)) {
                throw database.failed("written", e);
            }
            LOG.warn("columns could not be added: {}", Database.firstLine(e));
        }
        Set<String> changed = new LinkedHashSet<>(batch.wanted());
        batch.newFields().forEach(field -> changed.add(field.column()));
        if (batch.missing().contains(Columns.REPEAT.name())) {
            // Recreate the views, so that they exclude repeats.
            changed.addAll(columns.jsonNames());
        }
        try {
            Views.create(database.writing(), columns, changed);
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("written", e);
        }
    }

    /** A source of one event. */
    private static final class OneEvent implements EventSource {
        private final StoredEvent event;
        private final byte @Nullable [] frame;
        private boolean given;

        private OneEvent(StoredEvent event, byte @Nullable [] frame) {
            this.event = event;
            this.frame = frame;
        }

        @Override
        public @Nullable Entry peek() {
            return given ? null : new Entry(event, event.isGood() ? null : frame, null);
        }

        @Override
        public void advance() {
            given = true;
        }

        @Override
        public @Nullable Progress progress() {
            return null;
        }
    }
}
