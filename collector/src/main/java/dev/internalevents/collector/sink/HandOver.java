package dev.internalevents.collector.sink;

import dev.internalevents.store.StoredEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes events from the processing thread to the thread of a sink while they are being stored, so that no transaction
 * has to stay in memory until its end. The sink's thread may write them ahead, but commits only what is in the store
 * ({@link #isStored}). Bounded in bytes: the processing thread waits for room while the sink takes events, and for a
 * second if it does not; after that the rest of the transaction is left out, and is read from the store later. That
 * costs three times as much, so it also waits for a sink that is a little behind, for a fifth of its time at most.
 */
public final class HandOver {

    private static final int BATCH_EVENTS = 256;
    private static final long BATCH_BYTES = 256 << 10;

    /** The objects of an event take about this many bytes for each byte of its row. */
    private static final int OBJECTS = 4;

    private static final long WAIT_NANOS = 1_000_000_000;

    /** A sink that is further behind does not catch up in a moment. */
    private static final long NEARLY = 100_000;

    /** The processing thread works at least this many times as long as it waits for a sink that is behind. */
    private static final int WORK_PER_WAIT = 4;

    private final long maxBytes;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;

    /** The last event number of the store. */
    private long last;

    /** How many transactions failed whose events were passed already. */
    private int failed;

    /** The number of the last event that the sink's thread has taken or read. */
    private long reading;

    /** Whether the processing thread has waited for room in vain since the sink's thread last took a batch. */
    private boolean isLate;

    private long takenAt;

    private long changes;
    private boolean stopping;

    // The current transaction; used by the processing thread alone

    private List<StoredEvent> events = new ArrayList<>();
    private long eventBytes;
    private long before;
    private long through;
    private boolean isOpen;
    private boolean isAnyPassed;
    private boolean isLeftOut;
    private boolean hasFailed;
    private long mayWaitAt;

    /**
     * Consecutive events of one transaction.
     *
     * @param after the number of the last event before them
     * @param through the number of the last of them
     * @param bytes their approximate size in memory
     */
    record Batch(long after, long through, List<StoredEvent> events, long bytes) {}

    HandOver(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    // The processing thread

    /**
     * Begins a transaction; one that has not ended has failed. May block for up to a second for a sink that is a little
     * behind.
     *
     * @param after the number of the last event in the store
     */
    public void begin(long after) {
        fail();
        before = after;
        through = after;
        isOpen = true;
        isAnyPassed = false;
        // While transactions fail, their events are not worth passing.
        isLeftOut = hasFailed;
        long begun = System.nanoTime();
        if (begun - mayWaitAt >= 0) {
            letCatchUp(begun + WAIT_NANOS);
            long now = System.nanoTime();
            mayWaitAt = now + WORK_PER_WAIT * (now - begun);
        }
    }

    private synchronized void letCatchUp(long end) {
        while (batches.isEmpty() && reading < last && last - reading <= NEARLY) {
            long left = end - System.nanoTime();
            if (left <= 0 || !waited(left)) {
                return;
            }
        }
    }

    /**
     * Adds an event of the current transaction. May block for room: while the sink takes events, and for up to a second
     * if it does not.
     *
     * @param size the size of its row in bytes
     */
    public void add(StoredEvent event, long size) {
        through = event.number();
        if (isLeftOut) {
            return;
        }
        events.add(event);
        eventBytes += OBJECTS * size;
        if (events.size() >= BATCH_EVENTS || eventBytes >= OBJECTS * BATCH_BYTES) {
            pass();
        }
    }

    /** Records that the current transaction is in the store. */
    public void commit() {
        if (!events.isEmpty()) {
            pass();
        }
        // After its events, or the sink's thread would read the last ones from the store.
        reached(through);
        isOpen = false;
        hasFailed = false;
    }

    /** Records that the current transaction has failed, if there is one. */
    public void fail() {
        clear();
        if (isOpen && isAnyPassed) {
            hasFailed = true;
            synchronized (this) {
                failed++;
                while (!batches.isEmpty() && batches.getLast().through() > last) {
                    bytes -= batches.removeLast().bytes();
                }
                changed();
            }
        }
        isOpen = false;
    }

    private void pass() {
        isLeftOut = !offer(new Batch(before, through, events, eventBytes));
        isAnyPassed |= !isLeftOut;
        before = through;
        clear();
    }

    private void clear() {
        events = new ArrayList<>();
        eventBytes = 0;
    }

    /** Returns false if there is no room. */
    private synchronized boolean offer(Batch batch) {
        long begun = System.nanoTime();
        while (!hasRoom(batch)) {
            long left = Math.max(begun, takenAt) + WAIT_NANOS - System.nanoTime();
            if (batch.bytes() > maxBytes || isLate || left <= 0 || !waited(left)) {
                isLate = true;
                return false;
            }
        }
        batches.add(batch);
        bytes += batch.bytes();
        changed();
        return true;
    }

    /** Waits for a change; returns false if the sink's thread is to stop, or this one was interrupted. */
    @SuppressWarnings("WaitNotInLoop") // The caller loops.
    private boolean waited(long nanos) {
        try {
            if (!stopping) {
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !stopping;
    }

    private boolean hasRoom(Batch batch) {
        return bytes + batch.bytes() <= maxBytes;
    }

    /** Records the last event number of the store. */
    synchronized void reached(long number) {
        last = Math.max(last, number);
        changed();
    }

    // The sink's thread

    /** Returns the last event number of the store. */
    synchronized long last() {
        return last;
    }

    /** Returns the last number that has to be read from the store after an event; the event's own for none. */
    synchronized long missing(long after) {
        if (after != reading) {
            reading = after;
            notifyAll();
        }
        while (!batches.isEmpty() && batches.element().through() <= after) {
            remove();
        }
        return Math.max(
                after,
                batches.isEmpty() ? last : Math.min(last, batches.element().after()));
    }

    /** Removes and returns the next batch, if nothing is missing before it; else null. */
    synchronized @Nullable Batch next(long after) {
        if (missing(after) > after || batches.isEmpty() || batches.element().after() > after) {
            return null;
        }
        return remove();
    }

    private Batch remove() {
        Batch first = batches.remove();
        bytes -= first.bytes();
        isLate = false;
        takenAt = System.nanoTime();
        notifyAll();
        return first;
    }

    /** Returns how many transactions have failed whose events were passed; for {@link #isStored}. */
    synchronized int failed() {
        return failed;
    }

    /**
     * Returns whether every event that was taken is in the store.
     *
     * @param taken the number of the last event that was taken
     * @param failedBefore the value of {@link #failed} before the first was taken
     */
    synchronized boolean isStored(long taken, int failedBefore) {
        return taken <= last && failed == failedBefore;
    }

    /** Returns a number that changes with everything that {@link #await} waits for. */
    synchronized long changes() {
        return changes;
    }

    /** Waits until there is a change, the time has passed or {@link #stop} is called. */
    synchronized void await(long changesBefore, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        long left = nanos;
        while (changes == changesBefore && !stopping && left > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
            left = end - System.nanoTime();
        }
    }

    /** Waits until the time has passed or {@link #stop} is called. */
    synchronized void pause(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !stopping; left = end - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    synchronized void stop() {
        stopping = true;
        changed();
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    private void changed() {
        changes++;
        notifyAll();
    }
}
