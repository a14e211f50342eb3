package dev.internalevents.pipeline;

/** The result of processing an event: it is done, or it waits for a schema. */
public sealed interface Outcome permits ProcessedEvent, WaitingEvent {

    /** Returns the event's index in its request, from 0. */
    int index();
}
