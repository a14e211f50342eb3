package dev.internalevents.definitions;

/** What a metric may be used for. */
public enum DataCategory implements Term {
    OPTIONAL("optional"),
    OPERATIONAL("operational"),
    STANDARD("standard"),
    SUBSCRIPTION("subscription");

    private final String term;

    DataCategory(String term) {
        this.term = term;
    }

    @Override
    public String term() {
        return term;
    }
}
