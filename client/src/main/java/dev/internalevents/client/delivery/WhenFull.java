package dev.internalevents.client.delivery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** What happens to an event when as many wait as may. */
public sealed interface WhenFull {

    /** The event that comes is dropped; what waits stays. */
    record DropNewest() implements WhenFull {}

    /** What has waited longest is dropped; with an outbox on disk that is a whole segment of it. */
    record DropOldest() implements WhenFull {}

    /**
     * {@code trackEvent} waits for room, then drops the event. For jobs that would rather be slow than lose an event; not
     * for threads that serve requests. A thread that is interrupted, before or while it waits, does not wait any longer:
     * the event is dropped at once if there is no room, and the thread stays interrupted.
     *
     * @param max how long it waits at most
     */
    record Block(Duration max) implements WhenFull {

        /** @throws IllegalArgumentException when it is negative */
        public Block {
            if (max.isNegative()) {
                throw new IllegalArgumentException("whenFull: blocking for " + max + " is negative");
            }
        }
    }

    /**
     * Events go to a folder instead until the collector has taken what waits in memory; then they follow, in order. What
     * is in the folder survives the process and is sent after the next start.
     *
     * @param folder of this process alone
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
