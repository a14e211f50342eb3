package dev.internalevents.definitions;

/** What an event says about who and where: the keys of {@code identifiers}. */
public enum Identifier implements Term {
    PROJECT("project"),
    USER("user"),
    NAMESPACE("namespace"),
    FEATURE_ENABLED_BY_NAMESPACE_IDS("feature_enabled_by_namespace_ids");

    private final String term;

    Identifier(String term) {
        this.term = term;
    }

    @Override
    public String term() {
        return term;
    }
}
