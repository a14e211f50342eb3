package dev.internalevents.store.duckdb;

import dev.internalevents.store.EventStore;
import java.sql.SQLException;

/** Counts the stored events. The writing thread changes the counts, others read the summary. */
final class EventCounts {

    private final Database database;
    private final Columns columns;
    private final VectorWindow window = new VectorWindow();
    private volatile EventStore.Summary summary = new EventStore.Summary(0, 0, 0, 0, 0);
    private long rows;

    /** Creates the object for an open store; {@link #start} must be called before it is used. */
    EventCounts(Database database, Columns columns) {
        this.database = database;
        this.columns = columns;
    }

    /** Counts the events after opening the store. */
    void start() throws SQLException {
        recount();
        long bytesOfLastVector = Sql.first(
                        database.writing(),
                        "SELECT coalesce(sum(weight), 0) FROM (SELECT weight FROM event WHERE number >"
                                + " (SELECT last FROM store) - " + VectorWindow.ROWS + ")",
                        found -> found.getLong(1))
                .orElse(0L);
        window.set(rows, bytesOfLastVector);
    }

    /** Counts the events again, in the open transaction of the writing thread. */
    void recount() throws SQLException {
        summary = counted();
    }

    /**
     * Returns the number of events, counted in the open transaction of the writing thread; readers do not see it yet.
     */
    long countedTotal() throws SQLException {
        return counted().total();
    }

    private EventStore.Summary counted() throws SQLException {
        String once = columns.once().map(condition -> " AND " + condition).orElse("");
        return Sql.first(
                        database.writing(),
                        "SELECT count(*) FILTER (WHERE valid" + once + "), count(*) FILTER (WHERE NOT valid" + once
                                + "), (SELECT last FROM store), (SELECT evicted FROM store), (SELECT resets FROM store),"
                                + " count(*) FROM event",
                        found -> {
                            rows = found.getLong(6);
                            window.set(rows, 0);
                            return new EventStore.Summary(
                                    found.getLong(1),
                                    found.getLong(2),
                                    found.getLong(3),
                                    found.getLong(4),
                                    found.getLong(5));
                        })
                .orElseThrow();
    }

    /** Adds the events of a committed batch. */
    void add(Batch batch) {
        EventStore.Summary before = summary;
        rows += batch.size();
        summary = new EventStore.Summary(
                before.good() + batch.good(),
                before.bad() + batch.bad(),
                Math.max(before.last(), batch.lastNumber()),
                before.evicted(),
                before.resets());
    }

    EventStore.Summary summary() {
        return summary;
    }

    /** Returns the size of the newest rows. For the writing thread. */
    VectorWindow window() {
        return window;
    }

    /** Returns the number of rows after which the newest row group is full. For the writing thread. */
    int rowsToFullGroup() {
        return (int) (DuckDbEventStore.ROW_GROUP - rows % DuckDbEventStore.ROW_GROUP);
    }
}
