package dev.internalevents.spool;

/**
 * A position between two frames, as {@link SpoolReader#mark()} returns it; for {@link SpoolReader#commit}.
 *
 * @param segment the segment's number
 * @param offset the offset in the segment, in bytes
 * @param frames the number of frames that the reader had passed since the spool was opened
 */
public record Mark(long segment, int offset, long frames) {

    /** Returns whether this position is after the other in the same spool; the two may be from different starts of the process. */
    public boolean isAfter(long otherSegment, int otherOffset) {
        return segment > otherSegment || (segment == otherSegment && offset > otherOffset);
    }
}
