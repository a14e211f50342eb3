package dev.internalevents.client;

import dev.internalevents.client.internal.emitter.WallClock;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Ids of events: UUIDs of the form of version 4, made without a lock and nearly always without {@link SecureRandom} at the
 * call. The process has 64 stripes; each counts from a random place through 62 bits, in an order that a fixed odd factor
 * scatters, and has 60 random bits of its own, which are mixed with a salt and with the time of the call. They are unique,
 * not secret.
 *
 * <p>Within a stripe no id comes twice in 2<sup>62</sup> calls, whatever the other bits are. Two stripes, of any
 * processes, can meet only if their 60 bits agree and their counts do: among all ids ever made, that is no more likely
 * than among random UUIDs.
 *
 * <p>A copy of a running process, made of a snapshot of its memory or of its machine, begins with the same stripes and the
 * same counts. The salt is taken afresh from the system 100 ms after the last one, and when the clocks moved against each
 * other as they do when a snapshot is restored; until then, copies make the same id only in the same nanosecond.
 */
final class EventIds {

    private static final int STRIPES = 64;
    private static final int PADDING = 16;
    private static final long SCATTER = 0x9e37_79b9_7f4a_7c15L;
    private static final long SCATTER_TIME = 0xbf58_476d_1ce4_e5b9L;
    private static final long SALT_NANOS = 100_000_000;

    private final SecureRandom random = new SecureRandom();
    private final long[] high = new long[STRIPES];
    private final AtomicLongArray counts = new AtomicLongArray((STRIPES + 1) * PADDING);
    private volatile Salt salt;

    /** Random bits, when they were taken, and by which clock. */
    private record Salt(long bits, long atNanos, WallClock clock) {}

    EventIds() {
        for (int i = 0; i < STRIPES; i++) {
            high[i] = random.nextLong();
            counts.set((i + 1) * PADDING, random.nextLong());
        }
        long now = System.nanoTime();
        salt = new Salt(random.nextLong(), now, WallClock.at(now));
    }

    /** The stripe of the calling thread. */
    static int stripe() {
        return (int) (Thread.currentThread().getId() & (STRIPES - 1));
    }

    /**
     * The half that differs between stripes, and between copies of a process.
     *
     * @param nanoTime of the call
     * @param clock of the call
     */
    long mostSignificantBits(int stripe, long nanoTime, WallClock clock) {
        Salt known = salt;
        long passed = nanoTime - known.atNanos;
        if (passed > SALT_NANOS || passed < -SALT_NANOS || clock != known.clock) {
            known = renew(nanoTime, clock);
        }
        return ((high[stripe] ^ known.bits ^ nanoTime * SCATTER_TIME) & ~0xf000L) | 0x4000L;
    }

    /** Two threads may both do it. */
    private Salt renew(long nanoTime, WallClock clock) {
        Salt fresh = new Salt(random.nextLong(), nanoTime, clock);
        salt = fresh;
        return fresh;
    }

    /** The half that differs between the ids of a stripe. */
    long nextLeastSignificantBits(int stripe) {
        return (counts.getAndIncrement((stripe + 1) * PADDING) * SCATTER & ~(3L << 62)) | (1L << 63);
    }
}
