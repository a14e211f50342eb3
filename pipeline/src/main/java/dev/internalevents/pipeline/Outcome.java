package dev.internalevents.pipeline;

/** What processing makes of an event now: it is processed, or it waits for a schema. */
public sealed interface Outcome permits ProcessedEvent, WaitingEvent {

    /** Which of the request's events it is, from 0. */
    int index();
}
