package dev.internalevents.client.internal.emitter;

import java.time.Duration;

/** Limits durations so that arithmetic with them does not overflow. */
public final class Durations {

    /** A century: effectively forever, and short enough to be added to a {@link System#nanoTime()}. */
    public static final Duration FOREVER = Duration.ofDays(36_500);

    private Durations() {}

    /** Returns the duration, limited to the range from zero to {@link #FOREVER}. */
    public static Duration clamped(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration.compareTo(FOREVER) > 0 ? FOREVER : duration;
    }

    /**
     * Returns nanoseconds in the range from zero to {@link #FOREVER}, so that they can be added to a
     * {@link System#nanoTime()}.
     */
    static long nanos(Duration duration) {
        return clamped(duration).toNanos();
    }
}
