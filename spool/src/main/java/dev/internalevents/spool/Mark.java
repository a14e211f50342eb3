package dev.internalevents.spool;

/**
 * A place between two frames, as {@link SpoolReader#mark()} gives it; for {@link SpoolReader#commit}.
 *
 * @param segment the segment's number
 * @param offset the byte in the segment
 * @param frames frames that the reader had passed since the spool was opened
 */
public record Mark(long segment, int offset, long frames) {}
