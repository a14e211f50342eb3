package dev.internalevents.client;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Ids of events: UUIDs of the form of version 4, made without a lock and without {@link SecureRandom} at the call. The
 * process has 64 stripes; each has 60 random bits of its own and counts from a random place through 62 bits, in an order
 * that a fixed odd factor scatters. They are unique, not secret.
 *
 * <p>Within a stripe no id comes twice in 2<sup>62</sup> calls. Two stripes, of any processes, can meet only if their 60
 * bits agree and their counts overlap: among S stripes that make n ids each, the chance of any collision is at most
 * S² n / 2<sup>122</sup>. A million processes that make ten billion ids a stripe: under 10<sup>-11</sup>.
 */
final class EventIds {

    private static final int STRIPES = 64;
    private static final int PADDING = 16;
    private static final long SCATTER = 0x9e37_79b9_7f4a_7c15L;

    private final long[] high = new long[STRIPES];
    private final AtomicLongArray counts = new AtomicLongArray((STRIPES + 1) * PADDING);

    EventIds() {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < STRIPES; i++) {
            high[i] = (random.nextLong() & ~0xf000L) | 0x4000L;
            counts.set((i + 1) * PADDING, random.nextLong());
        }
    }

    /** The stripe of the calling thread. */
    static int stripe() {
        return (int) (Thread.currentThread().getId() & (STRIPES - 1));
    }

    long mostSignificantBits(int stripe) {
        return high[stripe];
    }

    long nextLeastSignificantBits(int stripe) {
        return (counts.getAndIncrement((stripe + 1) * PADDING) * SCATTER & ~(3L << 62)) | (1L << 63);
    }
}
