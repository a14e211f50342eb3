package dev.internalevents.collector.intake;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Limits the requests of each source to a rate per second on average, with bursts of twice that number. A source is
 * evicted after five seconds without a request, when its budget is full again, or if there are more than
 * {@value #MAX_SOURCES} sources. Thread-safe; never blocks.
 */
public final class RateLimits {

    static final int MAX_SOURCES = 100_000;

    /** A source's budget is full again after two seconds; the cache may evict up to a second early. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(5);

    private final int perSecond;
    private final LongSupplier nanos;
    private final Cache<String, Bucket> sources;
    private final LongAdder refused = new LongAdder();

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
        this.sources = Caffeine.newBuilder()
                .maximumSize(MAX_SOURCES)
                .expireAfterAccess(FORGOTTEN_AFTER)
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Returns whether there is a limit. */
    public boolean limits() {
        return perSecond > 0;
    }

    /** Returns whether a source may send another request now, and counts that request. */
    public boolean allow(String source) {
        if (perSecond == 0) {
            return true;
        }
        long now = nanos.getAsLong();
        Bucket bucket = sources.get(source, address -> new Bucket(2.0 * perSecond, now));
        synchronized (bucket) {
            long passed = Math.max(0, now - bucket.asOf);
            bucket.tokens = Math.min(2.0 * perSecond, bucket.tokens + passed / 1e9 * perSecond);
            bucket.asOf += passed;
            if (bucket.tokens < 1) {
                refused.increment();
                return false;
            }
            bucket.tokens--;
            return true;
        }
    }

    /** Returns the number of requests rejected since the start. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the number of sources in the cache. */
    long sources() {
        sources.cleanUp();
        return sources.estimatedSize();
    }
}
