package dev.internalevents.metrics.store;

import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.Position;
import org.jspecify.annotations.Nullable;

/** A store that belongs to one process, which may therefore empty it. */
public interface LocalMetricStore extends MetricStore {

    /** Sets every counter to zero; the position stays. */
    void reset();

    /**
     * Starts to make the batches applied so far durable, and returns at once; {@link #durable} tells when they are.
     * Does nothing while an earlier one is in progress. Called by the thread that applies batches.
     */
    default void beginCheckpoint() {
        checkpoint();
    }

    /** Returns the position of the last batch that was applied; null if there was none. */
    @Nullable
    Position applied();
}
