package dev.internalevents.store.ids;

/**
 * The newest entries, in memory: hashes of keys with the numbers of their events, in a hash table with open addressing
 * in primitive arrays. The newest entry of an id is found from the slot of the id, older ones from the slot of their
 * whole key, so that an id with very many events costs no more than any other. One thread adds; others may read once no
 * more entries are added.
 */
final class IdTable {

    private static final int FIRST_SLOTS = 1 << 10;
    private static final double MAX_LOAD = 0.6;
    private static final int MAX_OFFSET = Integer.MAX_VALUE - 1;

    private long[] keys = new long[FIRST_SLOTS];
    /** Numbers relative to the one before the first; 0 marks an empty slot. */
    private int[] offsets = new int[FIRST_SLOTS];

    private long before;
    private long last;
    private long newest = Long.MIN_VALUE;
    private int size;

    int size() {
        return size;
    }

    /** Returns the greatest number; 0 if there is none. */
    long last() {
        return last;
    }

    /** Returns when the newest event was received, in milliseconds since 1970. */
    long newest() {
        return newest;
    }

    boolean accepts(long number) {
        return size == 0 || number - before <= MAX_OFFSET;
    }

    /** Adds an entry; numbers must be ascending. */
    void add(long key, long number, long received) {
        if (size == 0) {
            before = number - 1;
        }
        last = number;
        newest = Math.max(newest, received);
        if (size + 1 > MAX_LOAD * keys.length) {
            grow();
        }
        put(key, (int) (number - before));
        size++;
    }

    /**
     * Puts an entry into the table: the newest entry of an id takes the id's slot, and the previous one moves to its
     * key's slot.
     */
    private void put(long key, int offset) {
        int slot = slotOfId(key);
        while (offsets[slot] != 0) {
            if (isSameId(keys[slot], key)) {
                if (offset < offsets[slot]) {
                    putAt(slotOfKey(key), key, offset);
                    return;
                }
                long olderKey = keys[slot];
                int olderOffset = offsets[slot];
                keys[slot] = key;
                offsets[slot] = offset;
                putAt(slotOfKey(olderKey), olderKey, olderOffset);
                return;
            }
            slot = next(slot);
        }
        keys[slot] = key;
        offsets[slot] = offset;
    }

    private void putAt(int first, long key, int offset) {
        int slot = first;
        while (offsets[slot] != 0) {
            slot = next(slot);
        }
        keys[slot] = key;
        offsets[slot] = offset;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldOffsets = offsets;
        keys = new long[2 * oldKeys.length];
        offsets = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldOffsets[i] != 0) {
                put(oldKeys[i], oldOffsets[i]);
            }
        }
    }

    /**
     * Finds the entries of a key, and the newest entry of its id.
     *
     * @param all whether to find every entry of the id, which reads the whole table
     */
    void find(long key, boolean all, int query, Candidates found) {
        if (size == 0) {
            return;
        }
        boolean isThere = false;
        for (int slot = slotOfId(key); offsets[slot] != 0; slot = next(slot)) {
            if (isSameId(keys[slot], key)) {
                isThere = true;
                found.add(query, before + offsets[slot]);
            }
        }
        if (!isThere) {
            return;
        }
        if (all) {
            for (int slot = 0; slot < keys.length; slot++) {
                if (offsets[slot] != 0 && isSameId(keys[slot], key)) {
                    found.add(query, before + offsets[slot]);
                }
            }
            return;
        }
        found.leftOut(query);
        for (int slot = slotOfKey(key); offsets[slot] != 0; slot = next(slot)) {
            if (keys[slot] == key) {
                found.add(query, before + offsets[slot]);
            }
        }
    }

    private int slotOfId(long key) {
        return (int) (key >>> 20) & (keys.length - 1);
    }

    private int slotOfKey(long key) {
        return (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & (keys.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (keys.length - 1);
    }

    private static boolean isSameId(long one, long other) {
        return (one ^ other) <= IdHash.FINGERPRINT_MASK && (one ^ other) >= 0;
    }

    /** Returns the entries in the order of their keys. */
    Sorted sorted() {
        Sorted all = new Sorted(new long[size], new int[size], before);
        int count = 0;
        for (int slot = 0; slot < keys.length; slot++) {
            if (offsets[slot] != 0) {
                all.keys[count] = keys[slot];
                all.offsets[count++] = offsets[slot];
            }
        }
        return all.sort();
    }

    /** Entries in the order of their keys. */
    static final class Sorted {
        private static final int DIGIT_BITS = 12;

        private long[] keys;
        private int[] offsets;
        private final long before;

        private Sorted(long[] keys, int[] offsets, long before) {
            this.keys = keys;
            this.offsets = offsets;
            this.before = before;
        }

        int size() {
            return keys.length;
        }

        long key(int i) {
            return keys[i];
        }

        long number(int i) {
            return before + offsets[i];
        }

        /** Sorts with radix sort, whose time does not depend on the keys. */
        private Sorted sort() {
            long[] fromKeys = keys;
            int[] fromOffsets = offsets;
            long[] toKeys = new long[keys.length];
            int[] toOffsets = new int[keys.length];
            for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
                int[] places = places(fromKeys, shift);
                for (int i = 0; i < fromKeys.length; i++) {
                    int place = places[digit(fromKeys[i], shift)]++;
                    toKeys[place] = fromKeys[i];
                    toOffsets[place] = fromOffsets[i];
                }
                long[] spareKeys = fromKeys;
                int[] spareOffsets = fromOffsets;
                fromKeys = toKeys;
                fromOffsets = toOffsets;
                toKeys = spareKeys;
                toOffsets = spareOffsets;
            }
            keys = fromKeys;
            offsets = fromOffsets;
            return this;
        }

        /** Returns the start position of the entries of each digit. */
        private static int[] places(long[] keys, int shift) {
            int[] places = new int[(1 << DIGIT_BITS) + 1];
            for (long key : keys) {
                places[digit(key, shift) + 1]++;
            }
            for (int i = 1; i < places.length; i++) {
                places[i] += places[i - 1];
            }
            return places;
        }

        private static int digit(long key, int shift) {
            return (int) (key >>> shift) & ((1 << DIGIT_BITS) - 1);
        }
    }
}
