package dev.internalevents.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** SQL that people type: one SELECT, which can change nothing and reach nothing outside of the store. */
public interface SqlQueries {

    /** Reads the rows of an answer. */
    @FunctionalInterface
    interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Runs a query. Blocks, for half a minute at most.
     *
     * @param maxRows rows of the answer, at most
     * @throws dev.internalevents.protocol.MalformedPayloadException saying what is wrong with the SQL
     * @throws StoreException if the store cannot be read
     */
    <T> T ask(String sql, long maxRows, Rows<T> rows);

    /** Returns the most characters that a value may have in an answer with this many columns; longer ones are cut. */
    int valueLength(int columns);
}
