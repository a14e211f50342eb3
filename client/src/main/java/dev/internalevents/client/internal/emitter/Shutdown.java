package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.Lifecycle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flushes and ends an emitter: sends what is queued while there is time, then stores or counts the rest. */
final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);

    private static final long SLICE_NANOS = 20_000_000;

    /** After the close timeout, threads have this long to count and log the events that they still have. */
    private static final long SETTLE_NANOS = 400_000_000;

    private final Lifecycle lifecycle;
    private final EmitterThreads threads;
    private final Batches batches;
    private final Outboxes outboxes;
    private final Accounts accounts;
    private final Backlog backlog;
    private final CountDownLatch over = new CountDownLatch(1);

    /** When the closing thread stops waiting; JVM shutdown may bring it forward. */
    private volatile long closeDeadline;

    Shutdown(
            Lifecycle lifecycle,
            EmitterThreads threads,
            Batches batches,
            Outboxes outboxes,
            Accounts accounts,
            Backlog backlog) {
        this.lifecycle = lifecycle;
        this.threads = threads;
        this.batches = batches;
        this.outboxes = outboxes;
        this.accounts = accounts;
        this.backlog = backlog;
    }

    /** See {@link Emitter#flush}. */
    boolean flush(Duration timeout) {
        if (threads.isOwnCall()) {
            return backlog.isEmpty();
        }
        long deadline = System.nanoTime() + Durations.nanos(timeout);
        return flushUntil(() -> deadline);
    }

    private boolean flushUntil(LongSupplier deadline) {
        lifecycle.hurry();
        try {
            return backlog.awaitEmpty(deadline);
        } finally {
            lifecycle.relax();
        }
    }

    /** See {@link Emitter#close}. */
    long close(Duration timeout) {
        long deadline = System.nanoTime() + Durations.nanos(timeout);
        if (!lifecycle.close()) {
            return 0;
        }
        closeDeadline = deadline;
        if (threads.isOwnCall()) {
            long held = accounts.held();
            EmitterThreads.daemon("internal-events-close", this::end).start();
            return held;
        }
        return end();
    }

    /** Returns whether a {@link #close} has finished. */
    boolean isOver() {
        return over.getCount() == 0;
    }

    private long end() {
        try {
            flushUntil(() -> closeDeadline);
            lifecycle.end();
            threads.interruptWaits();
            // The sending threads settle the events they gave up, and end; with their connections closed this takes no
            // time. A thread that is in a listener, or in code of the TLS provider, may take any time, and is not
            // waited for.
            boolean isAllOver = threads.awaitEnd(System.nanoTime() + SETTLE_NANOS);
            isAllOver &= batches.whileNobodyTakes(outboxes.all()::close, isAllOver ? Long.MAX_VALUE : SETTLE_NANOS);
            long kept = outboxes.kept();
            accounts.flush();
            if (kept > 0) {
                LOG.info("{} event(s) are kept in the outbox and sent after the next start", kept);
            }
            if (!isAllOver) {
                LOG.warn(
                        "a thread of the client did not end: a delivery listener, or the TLS provider, has not returned;"
                                + " {} event(s) are left with it",
                        accounts.held());
            }
            // Events left on disk count as held too.
            return accounts.dropped(DropReason.LEFT_AT_CLOSE) + (isAllOver ? kept : Math.max(kept, accounts.held()));
        } finally {
            over.countDown();
        }
    }

    /** See {@link Emitter#sendLast}. */
    void sendLast(Duration timeout, long quiet, BooleanSupplier isAnythingOpen) {
        long deadline = System.nanoTime() + Durations.nanos(timeout);
        // Not reverted: from here on, no event waits for others.
        lifecycle.hurry();
        Quiet quietness = new Quiet(quiet, accounts::trackedSoFar);
        boolean isQuiet = false;
        while (!lifecycle.isClosing() && !isQuiet && deadline - System.nanoTime() > 0) {
            boolean isOpen = isAnythingOpen.getAsBoolean();
            isQuiet = quietness.isReached() && !isOpen && backlog.isEmpty();
            if (!isQuiet) {
                LockSupport.parkNanos(this, SLICE_NANOS);
            }
        }
        if (lifecycle.isClosing()) {
            if (!awaitOver(deadline)) {
                // A concurrent close would wait longer than the JVM does: make it count and log the remaining events
                // now.
                closeDeadline = System.nanoTime();
                boolean ignored = awaitOver(closeDeadline + 2 * SETTLE_NANOS);
            }
        } else if (isQuiet) {
            accounts.flush();
        } else {
            close(Duration.ZERO);
        }
    }

    private boolean awaitOver(long deadline) {
        boolean interrupted = false;
        boolean isOver = false;
        for (long left = deadline - System.nanoTime(); left > 0 && !isOver; left = deadline - System.nanoTime()) {
            try {
                isOver = over.await(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return isOver;
    }
}
