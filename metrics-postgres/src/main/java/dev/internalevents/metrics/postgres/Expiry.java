package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Week;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Deletes weeks without a change for six weeks, and positions of queues that were not seen for 60 days. */
final class Expiry {

    /** One process at a time deletes. */
    private static final long LOCK = 0x49E7_5C4E_0002L;

    private static final int DAYS_A_WEEK = 7;

    private Expiry() {}

    /** Returns false if another process is deleting. */
    static boolean run(Sql sql) throws SQLException {
        try (PreparedStatement lock = sql.prepare("SELECT pg_try_advisory_xact_lock(?)");
                ResultSet locked = sql.query(lock, LOCK)) {
            if (!locked.next() || !locked.getBoolean(1)) {
                return false;
            }
        }
        sql.update("DELETE FROM $queue WHERE seen < now() - make_interval(days => ?)", (int)
                PostgresMetricStore.POSITION_EXPIRY.toDays());
        for (String table : new String[] {"$count", "$value", "$unique"}) {
            sql.update(
                    "DELETE FROM " + table + " WHERE week <> ? AND changed < now() - make_interval(days => ?)",
                    Cell.ALL_TIME,
                    DAYS_A_WEEK * Week.KEPT);
        }
        return true;
    }
}
