package dev.internalevents.metrics;

/** Takes what events add to counters. */
public interface CounterSink {

    /**
     * So many more events.
     *
     * @param week see {@link Week}
     */
    void total(Counter counter, int week, long count);

    /** One event with this value. */
    void unique(Counter counter, int week, String id);

    /**
     * So many more events with this value.
     *
     * @param value of {@link TotalsByValue#MAX_LENGTH} characters at most
     */
    void totalBy(Counter counter, int week, String value, long count);

    /** One event's value; NaN and infinities are left out. */
    void sum(Counter counter, int week, Number value);
}
