package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Week;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Deletes weeks without a change for six weeks, and positions of queues that were not seen for 60 days. A transaction
 * deletes a limited number of rows: more could take longer than a statement may, and then never succeed.
 */
final class Expiry {

    /** The maximum number of rows that a transaction deletes from each table: {@value}. */
    static final int ROWS = 2_000;

    /** One process at a time deletes. */
    private static final long LOCK = 0x49E7_5C4E_0002L;

    private static final int DAYS_A_WEEK = 7;

    private Expiry() {}

    /** Returns whether there may be more to delete; false if another process is deleting. */
    static boolean run(Sql sql) throws SQLException {
        try (PreparedStatement lock = sql.prepare("SELECT pg_try_advisory_xact_lock(?)");
                ResultSet locked = sql.query(lock, LOCK)) {
            if (!locked.next() || !locked.getBoolean(1)) {
                return false;
            }
        }
        boolean isMore = delete(sql, "$queue", "seen < now() - make_interval(days => ?)", (int)
                PostgresMetricStore.POSITION_EXPIRY.toDays());
        for (String table : new String[] {"$count", "$value", "$unique"}) {
            isMore |= delete(
                    sql,
                    table,
                    "week <> ? AND changed < now() - make_interval(days => ?)",
                    Cell.ALL_TIME,
                    DAYS_A_WEEK * Week.KEPT);
        }
        return isMore;
    }

    /** A row that another transaction changes meanwhile has another {@code ctid}, and stays. */
    private static boolean delete(Sql sql, String table, String expired, Object... parameters) throws SQLException {
        return sql.update(
                        "DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE "
                                + expired + " LIMIT " + ROWS + "))",
                        parameters)
                == ROWS;
    }
}
