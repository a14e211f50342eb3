package dev.internalevents.collector.sink;

import dev.internalevents.store.StoredEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes events from the processing thread to the thread of a sink while they are being stored, so that no transaction
 * has to stay in memory until its end. The sink's thread may write them ahead, but commits only what is in the store
 * ({@link #isStored}). Bounded in bytes: what does not fit is left out to the end of the transaction, and is read from
 * the store later. That costs three times as much, so the processing thread first waits for room, and for a sink that
 * is a little behind: for a second at most, for half of its time at most, and not for a sink that does not move.
 */
public final class HandOver {

    private static final int BATCH_EVENTS = 256;
    private static final long BATCH_BYTES = 256 << 10;

    /** The objects of an event take about this many bytes for each byte of its row. */
    private static final int OBJECTS = 4;

    private static final long MAX_WAIT_NANOS = 1_000_000_000;

    /** A sink that is further behind does not catch up in a moment. */
    private static final long NEARLY = 100_000;

    private final long maxBytes;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;

    /** The last event number of the store. */
    private long last;

    /** How many transactions failed whose events were passed already. */
    private int failed;

    /** The number of the last event that the sink's thread has taken or read. */
    private long reading;

    /** The number of the last event that has to be read from the store. */
    private long leftOut;

    /** How often the sink's thread has moved on. */
    private long moves;

    /**
     * The value of {@link #moves} when the processing thread waited in vain; it does not wait again before the next.
     */
    private long stuckAt = -1;

    /** How long the processing thread may wait; it gains as much time as it works. */
    private long patience = MAX_WAIT_NANOS;

    private long workingSince = System.nanoTime();

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
     * Begins with a store that was opened. It may be another one, with other events under the same numbers: nothing
     * that was passed or taken before counts as stored.
     *
     * @param number the number of the last event in the store
     */
    synchronized void opened(long number) {
        clear();
        isOpen = false;
        failed++;
        batches.clear();
        bytes = 0;
        leftOut = 0;
        last = number;
        changed();
    }

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
        letCatchUp();
    }

    private synchronized void letCatchUp() {
        while (batches.isEmpty() && reading < leftOut && leftOut - reading <= NEARLY && isWaited()) {
            // The sink's thread reads from the store.
        }
    }

    /**
     * Adds an event of the current transaction. May block for up to a second, for room.
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
        synchronized (this) {
            leftOut = isLeftOut ? through : leftOut;
            // After its events, or the sink's thread would read the last ones from the store.
            last = through;
            changed();
        }
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
        while (!hasRoom(batch)) {
            if (batch.bytes() > maxBytes || !isWaited()) {
                return false;
            }
        }
        batches.add(batch);
        bytes += batch.bytes();
        changed();
        return true;
    }

    /** Waits until the sink's thread moves; returns false if it does not, or must not be waited for any more. */
    @SuppressWarnings("WaitNotInLoop") // The callers loop.
    private boolean isWaited() {
        long before = moves;
        long begun = System.nanoTime();
        patience = Math.min(MAX_WAIT_NANOS, patience + begun - workingSince);
        workingSince = begun;
        while (moves == before && before != stuckAt && !stopping && patience > 0) {
            try {
                wait(patience / 1_000_000, (int) (patience % 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            long now = System.nanoTime();
            patience -= now - workingSince;
            workingSince = now;
        }
        if (moves == before) {
            stuckAt = before;
        }
        return moves != before;
    }

    private boolean hasRoom(Batch batch) {
        return bytes + batch.bytes() <= maxBytes;
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
            moved();
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
        moved();
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

    private void moved() {
        moves++;
        notifyAll();
    }

    private void changed() {
        changes++;
        notifyAll();
    }
}
