package dev.internalevents.metrics.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts different values: exactly up to {@value #EXACT}, as a set of their hashes, and beyond that with a
 * {@link Sketch}. The probability that two of a thousand values have the same 64-bit hash is 1 in 10¹³. Thread-safe.
 */
final class UniqueCount {

    /** The largest exact count. */
    static final int EXACT = 1_000;

    private static final int FIRST_SLOTS = 16;
    private static final int RECENT = 256;

    /**
     * A hash set with open addressing; 0 is an empty slot. Also read without the lock: a hash that is found there is in
     * the set.
     */
    private volatile long @Nullable [] exact = new long[FIRST_SLOTS];

    private @Nullable Sketch sketch;
    private int size;

    /**
     * Hashes that were recently added to the sketch; most values are repeated. A race costs a look-up and nothing else.
     */
    private volatile long @Nullable [] recent;

    void add(long hash) {
        long wanted = hash == 0 ? 1 : hash;
        long[] known = recent;
        if (known != null && known[(int) wanted & (RECENT - 1)] == wanted) {
            return;
        }
        long[] table = exact;
        if (table != null && table[slot(table, wanted)] == wanted) {
            return;
        }
        addNew(wanted);
    }

    private synchronized void addNew(long hash) {
        long[] table = exact;
        if (table == null) {
            remember(hash);
        } else if (insert(table, hash)) {
            size++;
            if (size > EXACT) {
                toSketch(table);
            } else if (2 * size > table.length) {
                grow(table);
            }
        }
    }

    private void remember(long hash) {
        if (sketch != null) {
            sketch.add(hash);
        }
        long[] known = recent;
        if (known != null) {
            known[(int) hash & (RECENT - 1)] = hash;
        }
    }

    private static boolean insert(long[] table, long hash) {
        int slot = slot(table, hash);
        boolean isNew = table[slot] == 0;
        table[slot] = hash;
        return isNew;
    }

    private static int slot(long[] table, long hash) {
        int slot = (int) (hash >>> 17) & (table.length - 1);
        while (table[slot] != 0 && table[slot] != hash) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private void grow(long[] table) {
        long[] larger = new long[2 * table.length];
        for (long hash : table) {
            if (hash != 0) {
                larger[slot(larger, hash)] = hash;
            }
        }
        exact = larger;
    }

    private void toSketch(long[] table) {
        Sketch all = new Sketch();
        for (long hash : table) {
            if (hash != 0) {
                all.add(hash);
            }
        }
        sketch = all;
        recent = new long[RECENT];
        exact = null;
    }

    /** Adds everything from another count. */
    void addAll(UniqueCount other) {
        long[] hashes;
        Sketch copy;
        synchronized (other) {
            long[] table = other.exact;
            hashes = table == null ? new long[0] : table.clone();
            copy = other.sketch == null
                    ? null
                    : new Sketch(other.sketch.registers().clone());
        }
        synchronized (this) {
            if (copy != null) {
                if (exact != null) {
                    toSketch(exact);
                }
                if (sketch != null) {
                    sketch.add(copy);
                }
            }
            for (long hash : hashes) {
                if (hash != 0) {
                    addNew(hash);
                }
            }
        }
    }

    /** Adds some registers of another sketch, which begin at an index. */
    synchronized void addRegisters(int from, byte[] registers) {
        long[] table = exact;
        if (table != null) {
            toSketch(table);
        }
        if (sketch != null) {
            sketch.add(from, registers);
        }
    }

    synchronized long count() {
        return sketch == null ? size : sketch.estimate();
    }

    /** Returns how many bytes {@link #writeTo} writes. */
    synchronized int bytes() {
        return Integer.BYTES + (sketch == null ? Long.BYTES * size : Sketch.REGISTERS);
    }

    synchronized void writeTo(DataOutputStream out) throws IOException {
        long[] table = exact;
        out.writeInt(table == null ? -1 : size);
        if (sketch != null) {
            out.write(sketch.registers());
        } else if (table != null) {
            for (long hash : table) {
                if (hash != 0) {
                    out.writeLong(hash);
                }
            }
        }
    }

    static UniqueCount read(DataInputStream in) throws IOException {
        UniqueCount count = new UniqueCount();
        int size = in.readInt();
        if (size < -1 || size > EXACT) {
            throw new IOException("a set of " + size + " values");
        }
        if (size < 0) {
            byte[] registers = new byte[Sketch.REGISTERS];
            in.readFully(registers);
            count.sketch = new Sketch(registers);
            count.recent = new long[RECENT];
            count.exact = null;
        }
        for (int i = 0; i < size; i++) {
            count.add(in.readLong());
        }
        return count;
    }
}
