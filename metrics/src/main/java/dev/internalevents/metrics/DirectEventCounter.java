package dev.internalevents.metrics;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Counts on the caller's thread; when {@code count} returns, the event is in the store. */
public final class DirectEventCounter implements EventCounter {

    private final Counters counters;
    private final CounterSink sink;

    @SuppressWarnings("ThreadLocalUsage") // Batches belong to one counter; the value is removed when the block ends.
    private final ThreadLocal<@Nullable Increments> batch = new ThreadLocal<>();

    public DirectEventCounter(Counters counters, CounterSink sink) {
        this.counters = counters;
        this.sink = sink;
    }

    @Override
    public void count(CountedEvent event) {
        Increments open = batch.get();
        counters.count(event, open == null ? sink : open);
    }

    @Override
    public void batch(Runnable block) {
        if (batch.get() != null) {
            block.run();
            return;
        }
        Increments increments = new Increments();
        batch.set(increments);
        try {
            block.run();
        } finally {
            batch.remove();
            increments.copyTo(sink);
        }
    }

    @Override
    public boolean settle(Duration timeout) {
        return true;
    }

    @Override
    public long lost() {
        return 0;
    }

    /** Does nothing: the creator of the store closes it. */
    @Override
    public void close() {
        // See above.
    }
}
