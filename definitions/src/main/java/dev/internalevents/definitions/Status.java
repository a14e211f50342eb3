package dev.internalevents.definitions;

/** Whether a definition is in use. */
public enum Status implements Term {
    ACTIVE("active"),

    /** Retained for reference; nothing is counted, and it should no longer be tracked. */
    REMOVED("removed"),

    /** A metric with values that are known to be wrong. */
    BROKEN("broken");

    private final String term;

    Status(String term) {
        this.term = term;
    }

    @Override
    public String term() {
        return term;
    }
}
