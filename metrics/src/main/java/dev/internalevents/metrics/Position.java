package dev.internalevents.metrics;

import dev.internalevents.spool.Place;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A position in a sequence of batches; later positions are greater. A store records the position up to which batches
 * are applied. In a queue, it is a place in the spool; among stored events, it is the number of an event.
 *
 * @param sequence the id of the queue, or of the numbering of events; positions in different sequences cannot be
 *     compared
 * @param number the number of the place's segment, or of the event
 * @param offset the place's offset in its segment; 0 for an event
 */
public record Position(UUID sequence, long number, int offset) {

    /** Returns the position of a place in a queue's spool. */
    public static Position of(Place place) {
        return new Position(place.spool(), place.segment(), place.offset());
    }

    /**
     * Returns the position of an event.
     *
     * @param numbering the id of the numbering; another one if the numbers start again
     */
    public static Position ofEvent(UUID numbering, long number) {
        return new Position(numbering, number, 0);
    }

    /** Returns whether this position is after the other; true if the other is in another sequence, or null. */
    public boolean isAfter(@Nullable Position other) {
        return other == null
                || !other.sequence.equals(sequence)
                || number > other.number
                || (number == other.number && offset > other.offset);
    }

    /** Returns a text that a store can keep. */
    @Override
    public String toString() {
        return sequence + ":" + number + ":" + offset;
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
