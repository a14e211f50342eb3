package dev.internalevents.metrics.store;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One count of a {@link Cell}: of a week, or for all time. In a {@link FileMetricStore}, where one thread at a time
 * changes counts, it knows whether it changed since it was last written, and is captured before it changes while it is
 * being written.
 *
 * @param <A> the type that accumulates
 */
final class Slot<A> {

    /** The week of a count for all time. */
    static final int ALL_TIME = Integer.MIN_VALUE;

    private final int week;
    private final A accumulated;
    private boolean changed = true;
    private @Nullable SnapshotPart writing;

    Slot(int week, A accumulated) {
        this.week = week;
        this.accumulated = accumulated;
    }

    int week() {
        return week;
    }

    A accumulated() {
        return accumulated;
    }

    /** Changes the count; its state before that is captured if it is still to be written. */
    void change(Consumer<A> change) {
        if (!changed) {
            changed = true;
        }
        SnapshotPart part = writing;
        if (part != null) {
            writing = null;
            part.capture();
        }
        change.accept(accumulated);
    }

    /** Returns whether it changed since the last call, and sets what is to be captured before the next change. */
    boolean begin(SnapshotPart part) {
        boolean was = changed;
        changed = false;
        writing = part;
        return was;
    }

    /** Notes that it was not written. */
    void notWritten() {
        changed = true;
    }
}
