package dev.internalevents.collector.sink;

import dev.internalevents.store.StoredEvent;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes committed events from the processing thread to the thread of a sink. Bounded in bytes: what does not fit is
 * left out, and is read from the store later, which costs more than to process it. So while the sink keeps up, the
 * processing thread waits a moment for room; once that was in vain, it does not wait again before the sink has caught
 * up. Thread-safe.
 */
final class HandOver {

    /** Longer than a usual commit to a folder. */
    private static final long MAX_WAIT_NANOS = 200_000_000;

    private final long maxBytes;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;
    private long last;
    private boolean stopping;
    /** Whether the sink takes batches from here, and not events from the store. */
    private boolean keepsUp;

    /**
     * The events of one transaction.
     *
     * @param after the last event number before them
     * @param through the last event number of the transaction
     * @param bytes their approximate size
     */
    record Batch(long after, long through, List<StoredEvent> events, long bytes) {}

    HandOver(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds the events of a transaction, unless there is no room; waits for it for up to 0.2 seconds. */
    synchronized void add(Batch batch) {
        awaitRoom(batch.bytes());
        last = Math.max(last, batch.through());
        if (bytes + batch.bytes() <= maxBytes) {
            batches.add(batch);
            bytes += batch.bytes();
        } else {
            keepsUp = false;
        }
        notifyAll();
    }

    private void awaitRoom(long needed) {
        long end = System.nanoTime() + MAX_WAIT_NANOS;
        long left = MAX_WAIT_NANOS;
        try {
            while (keepsUp && !stopping && bytes > 0 && bytes + needed > maxBytes && left > 0) {
                wait(left / 1_000_000, (int) (left % 1_000_000));
                left = end - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Records the last event number of the store. */
    synchronized void reached(long number) {
        last = Math.max(last, number);
        notifyAll();
    }

    /** Returns the last event number of the store. */
    synchronized long last() {
        return last;
    }

    /** Returns the last number that has to be read from the store after an event; the event's own for none. */
    synchronized long missing(long after) {
        while (!batches.isEmpty() && batches.element().through() <= after) {
            bytes -= batches.remove().bytes();
        }
        return batches.isEmpty()
                ? Math.max(after, last)
                : Math.max(after, batches.element().after());
    }

    /** Removes and returns the next batch, if nothing is missing before it; else null. */
    synchronized @Nullable Batch next(long after) {
        if (missing(after) > after || batches.isEmpty()) {
            return null;
        }
        Batch next = batches.remove();
        bytes -= next.bytes();
        keepsUp = true;
        notifyAll();
        return next;
    }

    /** Waits until there is something after an event, the time has passed or {@link #stop} is called. */
    synchronized void await(long after, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        long left = nanos;
        while (last <= after && !stopping && left > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
            left = end - System.nanoTime();
        }
    }

    /** Waits until the time has passed or {@link #stop} is called. */
    synchronized void pause(long nanos) throws InterruptedException {
        await(Long.MAX_VALUE, nanos);
    }

    synchronized void stop() {
        stopping = true;
        notifyAll();
    }

    synchronized boolean isStopping() {
        return stopping;
    }
}
