package dev.internalevents.metrics;

/** Receives the increments that events add to counters. */
public interface CounterSink {

    /**
     * Adds a number of events.
     *
     * @param week see {@link Week}
     */
    void total(Counter counter, int week, long count);

    /** Adds one event with this value. */
    void unique(Counter counter, int week, String id);

    /**
     * Adds a number of events with this value.
     *
     * @param value at most {@link TotalsByValue#MAX_LENGTH} characters
     */
    void totalBy(Counter counter, int week, String value, long count);

    /** Adds the value of one event; NaN and infinities are ignored. */
    void sum(Counter counter, int week, Number value);
}
