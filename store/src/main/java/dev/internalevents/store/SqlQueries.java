package dev.internalevents.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** SQL that people type: one SELECT, which can change nothing and reach nothing outside of the store. */
public interface SqlQueries {

    /** Reads the rows of a result. */
    @FunctionalInterface
    interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Runs a query. Blocks until other queries have ended, up to 10 seconds, and then for up to 30 seconds each to
     * check and to run the SQL. DuckDB evaluates constant expressions while it prepares a statement, and no time limit
     * ends that.
     *
     * @param maxRows maximum number of rows in the result
     * @throws dev.internalevents.protocol.MalformedPayloadException if the SQL is rejected or fails, or too many
     *     queries are running; the message says why
     * @throws StoreException if the store cannot be read
     */
    <T> T ask(String sql, long maxRows, Rows<T> rows);

    /** Returns the most characters that a value may have in an answer with this many columns; longer ones are cut. */
    int valueLength(int columns);
}
