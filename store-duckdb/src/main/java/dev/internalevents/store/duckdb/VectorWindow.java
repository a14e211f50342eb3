package dev.internalevents.store.duckdb;

/**
 * How many bytes the values of the newest rows have, by vectors of 2,048: a store stays able to compress a vector in its
 * memory if the large values of a full one go elsewhere. For the writing thread.
 */
final class VectorWindow {

    static final int ROWS = 2_048;

    /** Of a vector's larger values; beyond, only small ones stay in it. */
    private static final long FULL_BYTES = 32 << 20;

    private static final int MAX_BYTES = 1 << 20;
    /** Values up to this length always stay in their row. */
    static final int MAX_BYTES_WHEN_FULL = 8 << 10;

    private long row;
    private long bytes;

    /** After an open: as many rows, of which those of the last vector have so many bytes. */
    void set(long rows, long bytesOfLast) {
        row = rows;
        bytes = bytesOfLast;
    }

    /** The next row. */
    void next() {
        if (row % ROWS == 0) {
            bytes = 0;
        }
        row++;
    }

    /** Whether a value may stay in the row's vector; if so it counts. */
    boolean takes(int length) {
        if (length > (bytes < FULL_BYTES ? MAX_BYTES : MAX_BYTES_WHEN_FULL)) {
            return false;
        }
        bytes += length;
        return true;
    }
}
