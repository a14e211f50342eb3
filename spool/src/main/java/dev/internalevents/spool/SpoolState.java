package dev.internalevents.spool;

/** Whether a spool accepts frames, and if not, why. */
public sealed interface SpoolState {

    /** The spool accepts frames. */
    record Ready() implements SpoolState {}

    /**
     * The spool is full.
     *
     * @param maxBytes its maximum size
     */
    record Full(long maxBytes) implements SpoolState {}

    /**
     * The spool cannot write to the file system; it retries every second. The frames in it can still be read.
     *
     * @param reason what failed, where, and what was expected
     */
    record Unavailable(String reason) implements SpoolState {}

    /** The spool was closed. */
    record Closed() implements SpoolState {}
}
