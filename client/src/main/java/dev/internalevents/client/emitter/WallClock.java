package dev.internalevents.client.emitter;

import java.time.Instant;

/**
 * Turns a {@link System#nanoTime()} of the past into a time of day. Calls take one clock, the monotonic one, which also
 * orders them; the other is read once for many of them, when they are written.
 */
final class WallClock {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private WallClock() {}

    /** What is added to a nano time of about now to get nanoseconds since 1970. */
    static long offsetNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - System.nanoTime();
    }
}
