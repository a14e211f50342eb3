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

    /** One event's value; NaN and infinities are left out. */
    void sum(Counter counter, int week, Number value);
}
