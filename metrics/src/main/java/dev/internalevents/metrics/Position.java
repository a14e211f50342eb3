package dev.internalevents.metrics;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A position in a queue of batches; later positions are greater.
 *
 * @param queue the id of the queue; positions in different queues cannot be compared
 */
public record Position(UUID queue, long segment, int offset) {

    /** Returns whether this position is after the other; true if the other is in another queue, or null. */
    public boolean isAfter(@Nullable Position other) {
        return other == null
                || !other.queue.equals(queue)
                || segment > other.segment
                || (segment == other.segment && offset > other.offset);
    }

    /** Returns a text that a store can keep. */
    @Override
    public String toString() {
        return queue + ":" + segment + ":" + offset;
    }

    /**
     * Parses the result of {@link #toString}.
     *
     * @throws IllegalArgumentException if the text is not a position
     */
    public static Position parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("invalid position: " + text);
        }
        return new Position(UUID.fromString(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
    }
}
