package dev.internalevents.definitions;

/** The period that a metric's value covers. */
public enum TimeFrame implements Term {
    /** The most recent complete ISO week. */
    SEVEN_DAYS("7d", "_weekly"),

    /** The four most recent complete ISO weeks. */
    TWENTY_EIGHT_DAYS("28d", "_monthly"),

    /** Everything that was ever counted. */
    ALL("all", ""),

    /** No period, as for a setting; not allowed for {@link DataSource#INTERNAL_EVENTS}. */
    NONE("none", "");

    private final String term;
    private final String suffix;

    TimeFrame(String term, String suffix) {
        this.term = term;
        this.suffix = suffix;
    }

    @Override
    public String term() {
        return term;
    }

    /** Returns the suffix of the key path for a metric with a list of time frames. */
    public String suffix() {
        return suffix;
    }
}
