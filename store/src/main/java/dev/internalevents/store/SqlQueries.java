package dev.internalevents.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** SQL that people type: one SELECT, which can change nothing and reach nothing outside of the store. */
public interface SqlQueries {

    /** Thrown if too many queries are running. The query can be repeated. */
    final class BusyException extends StoreException {

        private static final long serialVersionUID = 1;

        /** @param message what is busy, and what to do */
        public BusyException(String message) {
            super(message, new IllegalStateException());
        }
    }

    /** Reads the rows of a result. */
    @FunctionalInterface
    interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Runs a query. Blocks until other queries have ended, up to 10 seconds, and then until the {@link ReadLimit} of
     * the calling thread is reached. DuckDB evaluates constant expressions while it prepares a statement, and no time
     * limit ends that.
     *
     * @param maxRows maximum number of rows in the result
     * @throws dev.internalevents.protocol.MalformedPayloadException if the SQL is rejected or fails; the message says
     *     why
     * @throws BusyException if too many queries are running
     * @throws ReadLimit.ExceededException if the SQL runs too long, or {@link ReadLimit#cancel} was called
     * @throws StoreException if the store cannot be read
     */
    <T> T ask(String sql, long maxRows, Rows<T> rows);

    /** Returns the most characters that a value may have in an answer with this many columns; longer ones are cut. */
    int valueLength(int columns);
}
