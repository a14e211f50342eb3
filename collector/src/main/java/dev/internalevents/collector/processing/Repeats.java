package dev.internalevents.collector.processing;

/** What to do with an event that was stored before. In no case do metrics count it. */
public enum Repeats {
    /** It is not stored again. */
    DROPPED,
    /** It is stored, so that the dashboard and {@code /micro/events} can show it. */
    SHOWN,
    /** It is stored, and Micro's API and the output treat it like any other event. */
    COUNTED
}
