package dev.internalevents.collector.store;

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

    /** Events stay; the requests of failed events for 30 days. */
    public static final Retention DEFAULT = new Retention(null, 0, Duration.ofDays(30));
}
