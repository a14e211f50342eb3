package dev.internalevents.collector.processing;

import dev.internalevents.spool.Spool;
import java.util.function.BooleanSupplier;

/**
 * Lets senders go first: processing threads rest after each piece of work while many senders wait. They do not rest if
 * the spool is half full, a caller waits for requests to be processed, or processing has not caught up within the last
 * minute: on a slow disk senders always wait, and a rest would not help them. Safe for use by several threads.
 */
final class Pace {

    private static final long MAX_LATE_NANOS = 60_000_000_000L;
    private static final double HALF = 0.5;

    private final Spool spool;
    private final IntakeLoad load;
    private final Backlog backlog;
    private final BooleanSupplier stopping;
    private volatile long caughtUp = System.nanoTime();

    /** @param stopping returns whether the collector stops, which ends all rests */
    Pace(Spool spool, IntakeLoad load, Backlog backlog, BooleanSupplier stopping) {
        this.spool = spool;
        this.load = load;
        this.backlog = backlog;
        this.stopping = stopping;
    }

    /** Called by processing threads after each piece of work. */
    void restAfter(long workedNanos) {
        boolean isLate = System.nanoTime() - caughtUp > MAX_LATE_NANOS;
        if (!stopping.getAsBoolean() && !isLate && !backlog.isAwaited() && spool.fill() < HALF) {
            load.restAfter(workedNanos);
        }
    }

    /** Records that no request waits. */
    void caughtUp() {
        caughtUp = System.nanoTime();
    }
}
