package dev.internalevents.collector.processing;

/** What becomes of an event that was stored before. No metric counts it, whatever becomes of it. */
public enum Repeats {
    /** It is left out. */
    DROPPED,
    /** It is stored, so that the dashboard and {@code /micro/events} can show it. */
    SHOWN,
    /** It is stored, and Micro's API and the output have it like every other event. */
    COUNTED
}
