package dev.internalevents.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long events are kept.
 *
 * @param maxAge older ones are removed; null keeps them
 * @param maxBytes of the store's file; the oldest events beyond are removed; 0 for no limit
 * @param rawMaxAge the requests of failed events, which hold what was sent as it was sent, are removed when older
 */
public record Retention(@Nullable Duration maxAge, long maxBytes, Duration rawMaxAge) {

    /** @throws IllegalArgumentException naming the option that makes no sense, and what it takes */
    public Retention {
        if (maxAge != null && (maxAge.isNegative() || maxAge.isZero())) {
            throw new IllegalArgumentException(
                    "keep: " + maxAge + " would remove every event at once; expected for example P90D");
        }
        if (maxBytes < 0) {
            throw new IllegalArgumentException("max-store: " + maxBytes + " bytes is not a size of 0 or more");
        }
        if (rawMaxAge.isNegative()) {
            throw new IllegalArgumentException("keep-raw: " + rawMaxAge + " is negative; expected for example P30D");
        }
    }

    /** Events stay; the requests of failed events for 30 days. */
    public static final Retention DEFAULT = new Retention(null, 0, Duration.ofDays(30));
}
