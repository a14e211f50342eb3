package dev.internalevents.store.ids;

import dev.internalevents.pipeline.EventKey;
import java.util.Arrays;
import java.util.List;

/** Keys that are looked up together, in the order of the files. */
final class Queries {

    /** What fits beside the hash of an id. */
    static final int MAX = 1 << 20;

    private final long[] keys;
    /** The hash of an id, and in its low bits the position of the key. */
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

    /** The position of the key that is n-th in the order of hashes. */
    int position(int n) {
        return (int) (order[n] & IdHash.FINGERPRINT_MASK);
    }

    long key(int position) {
        return keys[position];
    }
}
