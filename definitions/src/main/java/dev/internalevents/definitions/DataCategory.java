package dev.internalevents.definitions;

/** What a metric may be used for. */
public enum DataCategory implements Term {
    OPTIONAL,
    OPERATIONAL,
    STANDARD,
    SUBSCRIPTION
}
