package dev.internalevents.store.duckdb;

/**
 * Tracks the size of the values in the newest vector of {@value #ROWS} rows. Once a vector is full, its large values
 * are stored elsewhere, so that the store can compress it within its memory. Used only by the writing thread.
 */
final class VectorWindow {

    static final int ROWS = 2_048;

    /** Size at which a vector is full; beyond it only small values stay in it. */
    private static final long FULL_BYTES = 32 << 20;

    private static final int MAX_BYTES = 1 << 20;
    /** Values up to this length always stay in their row. */
    static final int MAX_BYTES_WHEN_FULL = 8 << 10;

    private long row;
    private long bytes;

    /** Sets the state after opening a store: its number of rows, and the size of the last vector in bytes. */
    void set(long rows, long bytesOfLast) {
        row = rows;
        bytes = bytesOfLast;
    }

    /** Moves to the next row. */
    void next() {
        if (row % ROWS == 0) {
            bytes = 0;
        }
        row++;
    }

    /** Returns whether a value may stay in the row's vector, and if so adds its length. */
    boolean takes(int length) {
        if (length > (bytes < FULL_BYTES ? MAX_BYTES : MAX_BYTES_WHEN_FULL)) {
            return false;
        }
        bytes += length;
        return true;
    }
}
