package dev.internalevents.spool;

/** Whether a spool takes frames, and why not. */
public sealed interface SpoolState {

    /** It takes frames. */
    record Ready() implements SpoolState {}

    /**
     * It holds as much as it may.
     *
     * @param maxBytes its limit
     */
    record Full(long maxBytes) implements SpoolState {}

    /**
     * The file system does not let it write; it is tried again every second. What it holds can still be read.
     *
     * @param reason what failed, where, and what was expected, in words
     */
    record Unavailable(String reason) implements SpoolState {}

    /** It was closed. */
    record Closed() implements SpoolState {}
}
