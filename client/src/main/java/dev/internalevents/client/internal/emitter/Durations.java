package dev.internalevents.client.internal.emitter;

import java.time.Duration;

/** Durations as long as anybody may want them, in arithmetic that has an end. */
public final class Durations {

    /** A century: as good as forever, and short enough to be added to a {@link System#nanoTime()}. */
    public static final Duration FOREVER = Duration.ofDays(36_500);

    private Durations() {}

    /** The duration, within zero and {@link #FOREVER}. */
    public static Duration clamped(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration.compareTo(FOREVER) > 0 ? FOREVER : duration;
    }

    /** Nanoseconds, within zero and {@link #FOREVER}, so that they can be added to a {@link System#nanoTime()}. */
    static long nanos(Duration duration) {
        return clamped(duration).toNanos();
    }
}
