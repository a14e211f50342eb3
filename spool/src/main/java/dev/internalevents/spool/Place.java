package dev.internalevents.spool;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A place between two frames of a spool. It means the same after a restart, as long as the spool keeps its id.
 *
 * @param spool the spool's id; places in different spools have no order
 * @param segment the segment's number; segments are numbered from 1
 * @param offset the offset in the segment, in bytes
 */
public record Place(UUID spool, long segment, int offset) {

    /** Returns the place before everything that a spool contains. */
    public static Place start(UUID spool) {
        return new Place(spool, 0, 0);
    }

    /** Returns whether this place is after the other; true if the other is null or in another spool. */
    public boolean isAfter(@Nullable Place other) {
        return other == null
                || !other.spool.equals(spool)
                || segment > other.segment
                || (segment == other.segment && offset > other.offset);
    }

    /** Returns {@code spool/segment/offset}. */
    @Override
    public String toString() {
        return spool + "/" + segment + "/" + offset;
    }
}
