package dev.internalevents.store.ids;

import dev.internalevents.pipeline.EventKey;
import java.util.Arrays;
import java.util.List;

/** Keys that are looked up together, in the order of the entries in the files. */
final class Queries {

    /** Maximum number of keys: a position must fit into the low bits next to the hash of an id. */
    static final int MAX = 1 << 20;

    private final long[] keys;
    /** The hash of each id, with the position of the key in the low bits. */
    private final long[] order;

    Queries(List<EventKey> all, IdHash hash) {
        if (all.size() > MAX) {
            throw new IllegalArgumentException(all.size() + " keys; expected at most " + MAX);
        }
        keys = new long[all.size()];
        order = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = hash.of(all.get(i));
            order[i] = (keys[i] & ~IdHash.FINGERPRINT_MASK) | i;
        }
        Arrays.sort(order);
    }

    int size() {
        return keys.length;
    }

    /** Returns the position of the n-th key in the order of the hashes. */
    int position(int n) {
        return (int) (order[n] & IdHash.FINGERPRINT_MASK);
    }

    long key(int position) {
        return keys[position];
    }
}
