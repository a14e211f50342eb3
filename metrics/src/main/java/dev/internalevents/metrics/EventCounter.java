package dev.internalevents.metrics;

import java.time.Duration;
import java.util.Optional;

/**
 * Counts events. Two implementations: {@link DirectEventCounter} counts in memory on the caller's thread, and
 * {@link QueuedEventCounter} goes through a queue on disk into any store. Thread-safe.
 */
public interface EventCounter extends AutoCloseable {

    /** Counts an event. Neither blocks nor throws. */
    void count(CountedEvent event);

    /**
     * Runs a block, and counts the events that this thread counts in it with one write when it ends: all of them, or
     * none if the process is killed before. A nested batch is part of the outer one. If the block throws, the events up
     * to then are counted and the exception is rethrown.
     */
    void batch(Runnable block);

    /**
     * Waits until everything that was counted before the call is in the store.
     *
     * @return true if it is; false on timeout
     */
    boolean settle(Duration timeout);

    /** Returns how many events were dropped because the queue had no room. */
    long lost();

    /**
     * Returns why queued events are not counted until the next start, and what to do; empty if counting goes on. A
     * store that is away is no such problem: its events are counted when it is back.
     */
    default Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    void close();
}
