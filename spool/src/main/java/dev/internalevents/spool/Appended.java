package dev.internalevents.spool;

/** The result of appending a frame. */
public enum Appended {

    /** The frame is in the spool, as safe as the {@link Durability} promises. */
    YES,

    /** The spool is full; it has room again once the reader has committed a whole segment. */
    FULL,

    /** The frame is longer than {@link Spool#maxFrameBytes()} and never fits. */
    TOO_LARGE,

    /** The spool cannot write to the file system; {@link Spool#state()} says why. It retries every second. */
    UNAVAILABLE,

    /** The spool was closed. */
    CLOSED
}
