package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import dev.internalevents.protocol.SchemaKey;

/** How many bytes of the heap a cache's entries take, about; what an entry takes beside its texts is counted with its key. */
final class Weights {

    /** The entry of the cache, the key's and the value's objects. It also limits the number of entries. */
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

    /** What the entries of a cache that has a weigher weigh together. */
    static long total(Cache<?, ?> cache) {
        cache.cleanUp();
        return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
