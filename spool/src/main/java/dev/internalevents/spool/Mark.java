package dev.internalevents.spool;

/**
 * How far a reader has read, as {@link SpoolReader#mark()} returns it; for {@link SpoolReader#commit}.
 *
 * @param place the place after the last frame that was read
 * @param frames the number of frames that the reader had passed since the spool was opened
 */
public record Mark(Place place, long frames) {}
