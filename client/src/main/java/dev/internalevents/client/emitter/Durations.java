package dev.internalevents.client.emitter;

import java.time.Duration;

/** Durations as numbers, however long: what is longer than a number says is as long as it can say. */
final class Durations {

    private static final long MOST_NANOS = Long.MAX_VALUE / 4;

    private Durations() {}

    /** Nanoseconds, about 73 years at most, so that a time can be added. */
    static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(MOST_NANOS)) < 0 ? duration.toNanos() : MOST_NANOS;
    }
}
