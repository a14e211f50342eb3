package dev.internalevents.metrics;

import java.time.Duration;

/**
 * Takes events to be counted. Two ways: {@link DirectEventCounter}, on the caller's thread in memory, and {@link
 * QueuedEventCounter}, through a queue on disk into any store. Safe for use by any number of threads.
 */
public interface EventCounter extends AutoCloseable {

    /** Counts an event. Neither blocks nor throws. */
    void count(CountedEvent event);

    /**
     * Runs a block, and counts what this thread counts meanwhile when it ends, in one write: all of it or, when the process is
     * killed before, nothing. Inside of another batch it is part of that one. What the block throws comes out, after what was
     * counted until then is.
     */
    void batch(Runnable block);

    /**
     * Waits until everything that was counted before the call is in the store.
     *
     * @return whether it is; false when the time is up
     */
    boolean settle(Duration timeout);

    /** How many events were counted for nothing because there was no room for them. */
    long lost();

    @Override
    void close();
}
