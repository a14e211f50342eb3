package dev.internalevents.client.internal.emitter;

import java.util.function.LongSupplier;

/** Detects whether a count has stayed the same for some time. Used by one thread. */
final class Quiet {

    private final long nanos;
    private final LongSupplier count;
    private long last;
    private long since;

    Quiet(long nanos, LongSupplier count) {
        this.nanos = nanos;
        this.count = count;
        this.last = count.getAsLong();
        this.since = System.nanoTime();
    }

    boolean isReached() {
        long now = System.nanoTime();
        long current = count.getAsLong();
        if (current != last) {
            last = current;
            since = now;
        }
        return now - since >= nanos;
    }
}
