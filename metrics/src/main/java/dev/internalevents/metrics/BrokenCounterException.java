package dev.internalevents.metrics;

/**
 * A counter in a store holds something that is not a count. The message names it and says what to do. The other counters of
 * the store can be read.
 */
public final class BrokenCounterException extends RuntimeException {

    public BrokenCounterException(String message) {
        super(message);
    }
}
