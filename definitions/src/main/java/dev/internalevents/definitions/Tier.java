package dev.internalevents.definitions;

/** A product tier that includes the event or the metric. */
public enum Tier implements Term {
    FREE,
    PREMIUM,
    ULTIMATE
}
