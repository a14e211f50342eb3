package dev.internalevents.collector.operation;

/** What a caller may do. */
public enum Role {
    /** Reads events and numbers, changes nothing. */
    READER,
    /** Reads and changes. */
    ADMIN
}
