package dev.internalevents.store.duckdb;

import dev.internalevents.store.EventQuery;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the events of a session, or all data. Used only by the writing thread. */
final class Reset {

    private static final Logger LOG = LoggerFactory.getLogger(Reset.class);

    private final OpenStore store;

    Reset(OpenStore store) {
        this.store = store;
    }

    /** Removes the events of a session, or all if it is null. */
    void remove(@Nullable String session) {
        if (session == null) {
            removeAll();
        } else {
            removeOf(session);
        }
    }

    private void removeAll() {
        store.change(
                "DELETE FROM event",
                "DELETE FROM failed_request",
                "DELETE FROM waiting_request",
                "DELETE FROM large_value",
                "DELETE FROM forgotten",
                "UPDATE store SET resets = resets + 1, evicted = 0");
        forgetNames();
    }

    /** Removes columns and views named after untrusted input, which no row uses after a reset. */
    private void forgetNames() {
        Database database = store.database();
        try {
            Views.dropSchemas(database.writing());
            store.columns().forget(database.writing());
            database.writing().commit();
            Views.createAll(database.writing(), store.columns());
        } catch (SQLException e) {
            database.rollBack();
            LOG.warn("the store was reset, but its columns could not be removed: {}", e.getMessage());
        }
    }

    private void removeOf(String session) {
        QuerySql ofSession = new QuerySql(EventQuery.ALL.of(session).withRepeats(true), store.columns());
        store.database().transaction("changed", writing -> {
            try (PreparedStatement sql = ofSession.prepare(writing, "DELETE FROM event" + ofSession.where())) {
                return sql.execute();
            }
        });
        store.change(
                "DELETE FROM large_value WHERE number NOT IN (SELECT number FROM event)",
                "UPDATE store SET resets = resets + 1");
    }
}
