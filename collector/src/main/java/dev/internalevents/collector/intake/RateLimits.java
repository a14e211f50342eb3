package dev.internalevents.collector.intake;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** How many requests each source may send: so many a second on average, and twice as many at once. */
public final class RateLimits {

    private static final int MAX_SOURCES = 100_000;

    private final int perSecond;
    private final LongSupplier nanos;
    private final Map<String, Bucket> sources = new ConcurrentHashMap<>();

    private static final class Bucket {
        private double tokens;
        private long asOf;

        private Bucket(double tokens, long asOf) {
            this.tokens = tokens;
            this.asOf = asOf;
        }
    }

    /** @param perSecond 0 for no limit */
    public RateLimits(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
    }

    /** Whether a source may send one more now. */
    public boolean allow(String source) {
        if (perSecond == 0) {
            return true;
        }
        long now = nanos.getAsLong();
        if (sources.size() >= MAX_SOURCES) {
            sources.values().removeIf(bucket -> now - bucket.asOf > 2_000_000_000L);
            if (sources.size() >= MAX_SOURCES) {
                sources.clear();
            }
        }
        Bucket bucket = sources.computeIfAbsent(source, address -> new Bucket(2.0 * perSecond, now));
        synchronized (bucket) {
            bucket.tokens = Math.min(2.0 * perSecond, bucket.tokens + (now - bucket.asOf) / 1e9 * perSecond);
            bucket.asOf = now;
            if (bucket.tokens < 1) {
                return false;
            }
            bucket.tokens--;
            return true;
        }
    }
}
