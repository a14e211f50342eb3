package dev.internalevents.pipeline;

/** What an event is after processing: good or failed, never neither. */
public sealed interface ProcessedEvent permits GoodEvent, FailedEvent {

    /** The request that it came with. */
    CollectorPayload payload();
}
