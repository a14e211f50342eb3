package dev.internalevents.pipeline;

import org.jspecify.annotations.Nullable;

/** What an event is after processing: good or failed, never neither. */
public sealed interface ProcessedEvent extends Outcome permits GoodEvent, FailedEvent {

    /** The request that it came with. */
    CollectorPayload payload();

    @Override
    int index();

    /** The event as it was sent; null where none could be read. */
    @Nullable
    RawEvent raw();

    /** The atomic fields that could be read. */
    AtomicValues atomic();

    /** What tells a second arrival of it; null for an event that was sent without an id. */
    @Nullable
    EventKey key();
}
