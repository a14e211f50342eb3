package dev.internalevents.pipeline;

import org.jspecify.annotations.Nullable;

/** A processed event, either good or failed. */
public sealed interface ProcessedEvent extends Outcome permits GoodEvent, FailedEvent {

    /** Returns the request that contained it. */
    CollectorPayload payload();

    @Override
    int index();

    /** Returns the event as it was sent; null if none could be read. */
    @Nullable
    RawEvent raw();

    /** Returns the atomic fields that could be read. */
    AtomicValues atomic();

    /** Returns what recognizes the event when it arrives again; null if it cannot be recognized. */
    @Nullable
    EventKey key();
}
