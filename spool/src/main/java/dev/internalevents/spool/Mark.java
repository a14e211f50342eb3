package dev.internalevents.spool;

/**
 * A place between two frames, as {@link SpoolReader#mark()} gives it; for {@link SpoolReader#commit}.
 *
 * @param segment the segment's number
 * @param offset the byte in the segment
 * @param frames frames that the reader had passed since the spool was opened
 */
public record Mark(long segment, int offset, long frames) {

    /** Whether this place lies behind the other in the same spool; both may be from different starts of the process. */
    public boolean isAfter(long otherSegment, int otherOffset) {
        return segment > otherSegment || (segment == otherSegment && offset > otherOffset);
    }
}
