package dev.internalevents.spool;

/**
 * How far a reader has read, as {@link SpoolReader#mark()} returns it; for {@link SpoolReader#commit}.
 *
 * @param place the place after the last frame that was read
 * @param frames the number of frames that the reader had passed since the spool was opened
 */
public record Mark(Place place, long frames) {

    /** Returns the number of the place's segment. */
    public long segment() {
        return place.segment();
    }

    /** Returns the place's offset in its segment, in bytes. */
    public int offset() {
        return place.offset();
    }

    /** Returns whether this position is after the other in the same spool; the two may be from different starts of the process. */
    public boolean isAfter(long otherSegment, int otherOffset) {
        return place.isAfter(new Place(place.spool(), otherSegment, otherOffset));
    }
}
