package dev.internalevents.metrics;

/**
 * Thrown when a counter in a store holds something that is not a count. The message names the counter and says what to
 * do. The other counters of the store can still be read.
 */
public final class BrokenCounterException extends RuntimeException {

    public BrokenCounterException(String message) {
        super(message);
    }
}
