package dev.internalevents.metrics;

import java.time.Duration;

/** Counts on the caller's thread; what was counted is in the store when {@code count} returns. */
public final class DirectEventCounter implements EventCounter {

    private final Counters counters;
    private final CounterSink sink;

    public DirectEventCounter(Counters counters, CounterSink sink) {
        this.counters = counters;
        this.sink = sink;
    }

    @Override
    public void count(CountedEvent event) {
        counters.count(event, sink);
    }

    @Override
    public boolean settle(Duration timeout) {
        return true;
    }

    @Override
    public long lost() {
        return 0;
    }

    /** Does nothing: the store belongs to whoever made it. */
    @Override
    public void close() {
        // See above.
    }
}
