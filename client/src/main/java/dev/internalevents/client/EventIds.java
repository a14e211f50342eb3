package dev.internalevents.client;

import dev.internalevents.client.internal.emitter.Stripe;
import dev.internalevents.client.internal.emitter.WallClock;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Generates event ids: UUIDs in version 4 format, without a lock and nearly always without a call to
 * {@link SecureRandom}. The process has 64 stripes. Each stripe counts through 62 bits from a random start, scattered
 * by a fixed odd factor, and has 60 random bits of its own, which are mixed with a salt and with the time of the call.
 * The ids are unique, not secret.
 *
 * <p>Within a stripe, no id repeats in 2<sup>62</sup> calls, whatever the other bits are. Ids of two stripes, in any
 * processes, can collide only if both their 60 bits and their counts agree: among all ids ever made, that is no more
 * likely than among random UUIDs.
 *
 * <p>A copy of a running process, restored from a snapshot of its memory or machine, starts with the same stripes and
 * counts. Therefore the salt is drawn afresh from the system 100 ms after the last one, and when the clocks have moved
 * against each other, as they do when a snapshot is restored. Until then, copies make the same id only in the same
 * nanosecond.
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

    /** Random bits, the time they were drawn, and the clock of that time. */
    private record Salt(long bits, long atNanos, WallClock clock) {}

    EventIds() {
        for (int i = 0; i < STRIPES; i++) {
            high[i] = random.nextLong();
            counts.set((i + 1) * PADDING, random.nextLong());
        }
        long now = System.nanoTime();
        salt = new Salt(random.nextLong(), now, WallClock.at(now));
    }

    /** Returns the stripe of the calling thread. */
    static int stripe() {
        return Stripe.ofThread(STRIPES);
    }

    /**
     * Returns the half that differs between stripes and between copies of a process.
     *
     * @param nanoTime the nano time of the call
     * @param clock the clock of the call
     */
    long mostSignificantBits(int stripe, long nanoTime, WallClock clock) {
        Salt known = salt;
        long passed = nanoTime - known.atNanos;
        if (passed > SALT_NANOS || passed < -SALT_NANOS || clock != known.clock) {
            known = renew(nanoTime, clock);
        }
        return ((high[stripe] ^ known.bits ^ nanoTime * SCATTER_TIME) & ~0xf000L) | 0x4000L;
    }

    /** May run on two threads at once, which is harmless. */
    private Salt renew(long nanoTime, WallClock clock) {
        Salt fresh = new Salt(random.nextLong(), nanoTime, clock);
        salt = fresh;
        return fresh;
    }

    /** Returns the half that differs between the ids of a stripe. */
    long nextLeastSignificantBits(int stripe) {
        return (counts.getAndIncrement((stripe + 1) * PADDING) * SCATTER & ~(3L << 62)) | (1L << 63);
    }
}
