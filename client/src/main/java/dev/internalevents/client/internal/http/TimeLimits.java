package dev.internalevents.client.internal.http;

/**
 * How long a request may take.
 *
 * @param connectNanos limit for connecting, beside {@link HttpTarget#connectTimeout}
 * @param exchangeNanos limit for the whole exchange except connecting; it takes effect only if
 *     {@link HttpConnection#expire} is called regularly
 */
public record TimeLimits(long connectNanos, long exchangeNanos) {

    /** Returns limits of which neither is longer. */
    public TimeLimits within(long nanos) {
        return new TimeLimits(Math.min(connectNanos, nanos), Math.min(exchangeNanos, nanos));
    }

    TimeLimits withExchange(long nanos) {
        return new TimeLimits(connectNanos, nanos);
    }
}
