package dev.internalevents.metrics;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A place in a queue of batches; later ones are greater.
 *
 * @param queue whose place it is; places of different queues do not compare
 */
public record Position(UUID queue, long segment, int offset) {

    /** Whether this place lies behind the other; true when the other is of another queue, or none. */
    public boolean isAfter(@Nullable Position other) {
        return other == null
                || !other.queue.equals(queue)
                || segment > other.segment
                || (segment == other.segment && offset > other.offset);
    }

    /** For a store to keep. */
    @Override
    public String toString() {
        return queue + ":" + segment + ":" + offset;
    }

    /**
     * What {@link #toString} gave.
     *
     * @throws IllegalArgumentException when it did not
     */
    public static Position parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new Position(UUID.fromString(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
    }
}
