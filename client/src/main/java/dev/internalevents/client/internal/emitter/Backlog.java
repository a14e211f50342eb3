package dev.internalevents.client.internal.emitter;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether any event is queued or in flight, and the callers that wait until none is. Safe for use by several threads.
 */
final class Backlog {

    private static final long SLICE_NANOS = 20_000_000;

    private final Accounts accounts;
    private final @Nullable SpoolOutbox onDisk;
    private final Batches batches;
    private final Object settled = new Object();
    private volatile boolean awaited;

    Backlog(Accounts accounts, @Nullable SpoolOutbox onDisk, Batches batches) {
        this.accounts = accounts;
        this.onDisk = onDisk;
        this.batches = batches;
    }

    /** On disk, an event counts as held until it is committed, which is a moment after it is counted as delivered. */
    boolean isEmpty() {
        return accounts.held() == 0 && (onDisk == null || onDisk.held() == 0);
    }

    /** Events were finished. Costs sending threads nothing unless a caller waits. */
    void settled() {
        if (awaited) {
            synchronized (settled) {
                settled.notifyAll();
            }
        }
    }

    /**
     * Waits until it is empty, at most until the deadline, which may change meanwhile; returns whether it is. An
     * interrupt does not end the wait; the interrupt status is restored afterwards.
     */
    boolean awaitEmpty(LongSupplier deadline) {
        boolean interrupted = false;
        synchronized (settled) {
            awaited = true;
            boolean isEmpty = isEmpty();
            for (long left = left(deadline); !isEmpty && left > 0; left = left(deadline)) {
                try {
                    // Also wakes periodically: an event that is dropped by a policy notifies no waiting thread.
                    long slice = Math.min(left, SLICE_NANOS);
                    settled.wait(slice / 1_000_000, (int) (slice % 1_000_000));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                batches.wake();
                isEmpty = isEmpty();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return isEmpty;
        }
    }

    private static long left(LongSupplier deadline) {
        return deadline.getAsLong() - System.nanoTime();
    }
}
