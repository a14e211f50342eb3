package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import dev.internalevents.protocol.SchemaKey;

/** Estimates the heap bytes of a cache's entries; the overhead of an entry beyond its texts is counted with its key. */
final class Weights {

    /** The bytes of the entry itself and of the objects of key and value; this also limits the number of entries. */
    private static final int ENTRY = 400;

    private Weights() {}

    static int of(SchemaKey key) {
        return ENTRY
                + 2
                        * (key.vendor().length()
                                + key.name().length()
                                + key.format().length());
    }

    static int of(String text) {
        return 2 * text.length();
    }

    /** Returns the total weight of the entries of a cache that has a weigher. */
    static long total(Cache<?, ?> cache) {
        cache.cleanUp();
        return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
