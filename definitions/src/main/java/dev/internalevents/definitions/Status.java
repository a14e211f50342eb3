package dev.internalevents.definitions;

/** Whether a definition is in use. */
public enum Status implements Term {
    ACTIVE("active"),

    /** Kept for reference; nothing is counted and nobody should track it. */
    REMOVED("removed"),

    /** A metric that is known to give wrong values. */
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
