package dev.internalevents.definitions;

/**
 * Where a metric's value comes from. {@link #INTERNAL_EVENTS} is computed here, and so are metrics with
 * {@link #REDIS_HLL} and {@link #REDIS} that count events. All others are read but not computed.
 */
public enum DataSource implements Term {
    INTERNAL_EVENTS,
    REDIS_HLL,
    REDIS,
    DATABASE,
    SYSTEM,
    LICENSE,
    PROMETHEUS
}
