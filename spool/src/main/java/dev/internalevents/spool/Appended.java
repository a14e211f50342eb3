package dev.internalevents.spool;

/** What became of a frame that was to be appended. */
public enum Appended {

    /** It is in the spool, as safe as the {@link Durability} says. */
    YES,

    /** The spool holds as much as it may; there is room again once the reader has committed a whole segment. */
    FULL,

    /** The frame is longer than {@link Spool#maxFrameBytes()}, and never fits. */
    TOO_LARGE,

    /** The file system does not let the spool write; {@link Spool#state()} says why. It is tried again every second. */
    UNAVAILABLE,

    /** The spool was closed. */
    CLOSED
}
