package dev.internalevents.store.duckdb;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Creates the tables of a store, except the table of events, which {@link Columns} creates. */
final class Tables {

    private static final int FORMAT = 1;

    private Tables() {}

    /**
     * Creates missing tables and columns.
     *
     * @throws SQLException if the store has a format that this version does not know
     */
    static void create(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute(
                    "CREATE TABLE IF NOT EXISTS progress(spool UUID, segment BIGINT, \"offset\" INTEGER, events INTEGER)");
            FailedRequests.create(sql);
            LargeValues.create(sql);
            WaitingRequests.create(sql);
            ForgottenKeys.create(sql);
            sql.execute("CREATE TABLE IF NOT EXISTS store(format INTEGER, evicted BIGINT, resets BIGINT, last BIGINT)");
            checkFormat(sql);
        }
    }

    private static void checkFormat(Statement sql) throws SQLException {
        try (ResultSet found = sql.executeQuery("SELECT format FROM store")) {
            if (found.next()) {
                if (found.getInt(1) != FORMAT) {
                    throw new SQLException("its format is " + found.getInt(1) + ", this version knows " + FORMAT);
                }
                return;
            }
        }
        sql.execute("INSERT INTO store VALUES (" + FORMAT + ", 0, 0, 0)");
    }
}
