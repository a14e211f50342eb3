package dev.internalevents.collector.intake;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Limits how many requests each source may send: so many a second on average, and twice as many at once. Sources are
 * forgotten after five seconds without a request, when they may send as much as a new one, and if there are more than
 * {@value #MAX_SOURCES}. Safe for use by several threads; never blocks.
 */
public final class RateLimits {

    static final int MAX_SOURCES = 100_000;

    /** A source has all its requests again after two seconds; the cache may be a second early. */
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

    /** Whether there is a limit at all. */
    public boolean limits() {
        return perSecond > 0;
    }

    /** Whether a source may send one more now. */
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

    /** Returns how many requests were not allowed since the start. */
    public long refused() {
        return refused.sum();
    }

    /** Sources that are remembered now. */
    long sources() {
        sources.cleanUp();
        return sources.estimatedSize();
    }
}
