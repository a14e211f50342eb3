package dev.internalevents.definitions;

/** Whether a definition is in use. */
public enum Status implements Term {
    ACTIVE,

    /** Retained for reference; nothing is counted, and it should no longer be tracked. */
    REMOVED,

    /** A metric with values that are known to be wrong. */
    BROKEN
}
