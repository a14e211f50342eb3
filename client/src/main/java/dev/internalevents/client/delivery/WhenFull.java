package dev.internalevents.client.delivery;

import dev.internalevents.protocol.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** What to do with an event when the queue is full. */
public sealed interface WhenFull {

    /** Drops the new event; queued events stay. */
    record DropNewest() implements WhenFull {}

    /** Drops the oldest queued event; with an outbox on disk, its oldest segment. */
    record DropOldest() implements WhenFull {}

    /**
     * Blocks {@code trackEvent} until the queue has room; after the maximum time, drops the event. For jobs that prefer
     * being slow to losing an event; not for threads that serve requests. If the thread is interrupted, before or
     * during the wait, it does not wait any longer: the event is dropped at once if there is no room, and the interrupt
     * status stays set.
     *
     * @param max the maximum time to wait
     */
    record Block(Duration max) implements WhenFull {

        /** @throws IllegalArgumentException if it is negative */
        public Block {
            if (max.isNegative()) {
                throw new IllegalArgumentException("whenFull: blocking for " + DurationText.of(max)
                        + " is negative; expected the time to wait, such as 100ms");
            }
        }
    }

    /**
     * Writes events to a folder until the collector has accepted those queued in memory; then sends them, in order.
     * Events in the folder survive the end of the process and are sent after the next start.
     *
     * @param folder used only by this process
     */
    record Spill(Path folder) implements WhenFull {

        public Spill {
            Objects.requireNonNull(folder, "folder");
        }
    }

    static WhenFull dropNewest() {
        return new DropNewest();
    }

    static WhenFull dropOldest() {
        return new DropOldest();
    }

    /** See {@link Block}. */
    static WhenFull block(Duration max) {
        return new Block(max);
    }

    /** See {@link Spill}. */
    static WhenFull spill(Path folder) {
        return new Spill(folder);
    }
}
