package dev.internalevents.collector.operation;

/** What a caller may do. */
public enum Role {
    /** May read events and metrics. */
    READER,
    /** May read and change everything. */
    ADMIN
}
