package dev.internalevents.client.internal.emitter;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A counter that many threads increment at once. Up to 64 threads have a cache line each; a
 * {@link java.util.concurrent.atomic.LongAdder} has only as many cells as there are processors, so that threads
 * contend.
 */
final class StripedCounter {

    private static final int STRIPES = 64;
    private static final int LINE = 16;

    private final AtomicLongArray counts = new AtomicLongArray((STRIPES + 1) * LINE);

    void increment() {
        add(1);
    }

    void add(long more) {
        counts.getAndAdd((Stripe.ofThread(STRIPES) + 1) * LINE, more);
    }

    /** Returns the sum of all additions before the call, and possibly some concurrent ones. */
    long sum() {
        long sum = 0;
        for (int i = LINE; i < counts.length(); i += LINE) {
            sum += counts.get(i);
        }
        return sum;
    }
}
