package dev.internalevents.client.internal.emitter;

import java.time.Instant;

/**
 * Converts a {@link System#nanoTime()} to wall-clock time. Calls read only the monotonic clock, which also orders them.
 * Its offset from the wall clock is checked about once a millisecond by a thread that tracks, and an event keeps the
 * offset as of its call. So neither a suspend, during which the monotonic clock may stand still, nor a change of the
 * wall clock alters the time of an event tracked before. Immutable.
 */
public final class WallClock {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long CHECK_NANOS = 1_000_000;

    /** Offsets that differ by less than this are considered equal. */
    private static final long SAME_NANOS = 200_000;

    /**
     * The two clocks cannot be read at the same moment; if more time than this passes in between, they are read again.
     */
    private static final long PROMPT_NANOS = 20_000;

    private static final int MAX_READINGS = 5;

    private static volatile WallClock current = read();
    private static volatile long checkedAtNanos = System.nanoTime();

    /** Added to a nano time, gives nanoseconds since 1970. */
    private final long offsetNanos;

    private WallClock(long offsetNanos) {
        this.offsetNanos = offsetNanos;
    }

    /**
     * Returns the clock for a call; a new instance if the two clocks have moved against each other.
     *
     * @param nanoTime the current nano time
     */
    public static WallClock at(long nanoTime) {
        long passed = nanoTime - checkedAtNanos;
        // Another thread may have checked a moment later, so a small negative value is fine. A large one means that the
        // clock is another machine's.
        return passed > CHECK_NANOS || passed < -CHECK_NANOS ? check() : current;
    }

    private static WallClock check() {
        WallClock known = current;
        WallClock now = read();
        checkedAtNanos = System.nanoTime();
        if (Math.abs(now.offsetNanos - known.offsetNanos) < SAME_NANOS) {
            return known;
        }
        current = now;
        return now;
    }

    private static WallClock read() {
        long offset = 0;
        long best = Long.MAX_VALUE;
        for (int i = 0; i < MAX_READINGS && best > PROMPT_NANOS; i++) {
            long before = System.nanoTime();
            Instant now = Instant.now();
            long took = System.nanoTime() - before;
            if (took < best) {
                best = took;
                offset = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - before - took / 2;
            }
        }
        return new WallClock(offset);
    }

    /** Returns the milliseconds since 1970 at a nano time close to the creation of this clock. */
    public long millis(long nanoTime) {
        return (nanoTime + offsetNanos) / 1_000_000;
    }
}
