package dev.internalevents.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits the age and the size of what is stored.
 *
 * @param maxAge older events are removed; null for no limit
 * @param maxBytes maximum size of the store's file in bytes; the oldest events beyond it are removed; 0 for no limit
 * @param rawMaxAge older requests of failed events, which contain the data exactly as it was sent, are removed
 */
public record Retention(@Nullable Duration maxAge, long maxBytes, Duration rawMaxAge) {

    /** @throws IllegalArgumentException if a value is out of range; the message names the option and what it expects */
    public Retention {
        if (maxAge != null && (maxAge.isNegative() || maxAge.isZero())) {
            throw new IllegalArgumentException(
                    "keep: a time of 0 or less would remove every event at once; expected for example 90d");
        }
        if (maxBytes < 0) {
            throw new IllegalArgumentException("max-store: " + maxBytes + " bytes is not a size of 0 or more");
        }
        if (rawMaxAge.isNegative()) {
            throw new IllegalArgumentException(
                    "keep-raw: a time of less than 0 is not possible; expected for example 30d, or 0s to keep none");
        }
    }

    /** Keeps events without limit, and the requests of failed events for 30 days. */
    public static final Retention DEFAULT = new Retention(null, 0, Duration.ofDays(30));
}
