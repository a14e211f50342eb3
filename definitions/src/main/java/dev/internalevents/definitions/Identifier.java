package dev.internalevents.definitions;

/** What identifies the user, project or namespace of an event: the entries of {@code identifiers}. */
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
