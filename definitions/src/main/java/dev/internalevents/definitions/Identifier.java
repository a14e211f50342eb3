package dev.internalevents.definitions;

/** What identifies the user, project or namespace of an event: the entries of {@code identifiers}. */
public enum Identifier implements Term {
    PROJECT,
    USER,
    NAMESPACE,
    FEATURE_ENABLED_BY_NAMESPACE_IDS
}
