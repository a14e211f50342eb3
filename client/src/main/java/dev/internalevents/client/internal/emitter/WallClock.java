package dev.internalevents.client.internal.emitter;

import java.time.Instant;

/**
 * Turns a {@link System#nanoTime()} into a time of day. Calls take one clock, the monotonic one, which also orders them;
 * what it is ahead or behind of the time of day is looked at about once a millisecond, by a thread that tracks, and an
 * event keeps what it was at its call. So neither a suspend, over which the monotonic clock may stand still, nor a clock
 * that is set changes the time of an event that was tracked before. Immutable.
 */
public final class WallClock {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long CHECK_NANOS = 1_000_000;

    /** Below it, two readings of the two clocks are taken for equal. */
    private static final long SAME_NANOS = 200_000;

    /** Two clocks are not read at one moment; when more than this passes between, they are read again. */
    private static final long PROMPT_NANOS = 20_000;

    private static final int MAX_READINGS = 5;

    private static volatile WallClock current = read();
    private static volatile long checkedAtNanos = System.nanoTime();

    /** What is added to a nano time to get nanoseconds since 1970. */
    private final long offsetNanos;

    private WallClock(long offsetNanos) {
        this.offsetNanos = offsetNanos;
    }

    /**
     * The clock for a call; another one than before when the two clocks moved against each other meanwhile.
     *
     * @param nanoTime of now
     */
    public static WallClock at(long nanoTime) {
        long passed = nanoTime - checkedAtNanos;
        // Another thread may have looked a moment later. Far back, it is another machine's clock.
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

    /** Milliseconds since 1970 at a nano time of about when this clock was got. */
    public long millis(long nanoTime) {
        return (nanoTime + offsetNanos) / 1_000_000;
    }
}
