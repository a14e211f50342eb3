package dev.internalevents.protocol;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A cache of bounded size that keeps the entries in use. It has two generations. An entry that is added, or found in
 * the older generation, goes into the newer one. When that is full, it becomes the older one, and the entries of the
 * previous older generation, which were not used meanwhile, are evicted. So the cache has at most {@code 2 *
 * generation} entries, and the {@code generation} entries used last are among them. Finding an entry of the newer
 * generation takes one look-up and no lock. Thread-safe.
 */
final class RecentCache<K, V> {

    private final int generation;
    private volatile Map<K, V> newer = new ConcurrentHashMap<>();
    private volatile Map<K, V> older = Map.of();

    /** @param generation the maximum size of one generation, 1 or more */
    RecentCache(int generation) {
        this.generation = generation;
    }

    /** Returns the value of a key; null if there is none. */
    @Nullable
    V get(K key) {
        V value = newer.get(key);
        if (value == null) {
            value = older.get(key);
            if (value != null) {
                put(key, value);
            }
        }
        return value;
    }

    synchronized void put(K key, V value) {
        if (newer.size() >= generation && !newer.containsKey(key)) {
            older = newer;
            newer = new ConcurrentHashMap<>();
        }
        newer.put(key, value);
    }

    /** Returns the number of entries; those in both generations count twice. */
    int size() {
        return newer.size() + older.size();
    }
}
