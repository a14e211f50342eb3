package dev.internalevents.client.internal.emitter;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A count to which many threads add at once. Each of up to 64 threads has a cache line of its own, where a {@link
 * java.util.concurrent.atomic.LongAdder} has as many as there are processors, and threads that meet.
 */
final class StripedCounter {

    private static final int STRIPES = 64;
    private static final int LINE = 16;

    private final AtomicLongArray counts = new AtomicLongArray((STRIPES + 1) * LINE);

    void increment() {
        add(1);
    }

    void add(long more) {
        int stripe = (int) (Thread.currentThread().getId() & (STRIPES - 1));
        counts.getAndAdd((stripe + 1) * LINE, more);
    }

    /** All that was added before the call, and perhaps some of what is added meanwhile. */
    long sum() {
        long sum = 0;
        for (int i = LINE; i < counts.length(); i += LINE) {
            sum += counts.get(i);
        }
        return sum;
    }
}
