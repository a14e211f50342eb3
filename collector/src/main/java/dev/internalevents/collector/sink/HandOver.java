package dev.internalevents.collector.sink;

import dev.internalevents.store.StoredEvent;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes committed events from the processing thread to the thread of a sink, without waiting. Bounded in bytes: what
 * does not fit is left out, and is read from the store later. Thread-safe.
 */
final class HandOver {

    private final long maxBytes;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;
    private long last;
    private boolean stopping;

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

    /** Adds the events of a transaction, unless there is no room. */
    synchronized void add(Batch batch) {
        last = Math.max(last, batch.through());
        if (bytes + batch.bytes() <= maxBytes) {
            batches.add(batch);
            bytes += batch.bytes();
        }
        notifyAll();
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
