package dev.internalevents.collector.store;

import org.jspecify.annotations.Nullable;

/** Gives a store the events of one transaction, in order. For one thread at a time. */
public interface EventSource {

    /**
     * One event that is to be kept.
     *
     * @param event the event
     * @param frame the whole request as it was received, for a failed event; null for a good one
     * @param prepared what {@link EventStore#prepare} made of the event; null where it did not
     */
    record Entry(
            StoredEvent event,
            byte @Nullable [] frame,
            @Nullable Object prepared) {}

    /** The next event, without moving on; null at the end of the transaction. */
    @Nullable
    Entry peek();

    /** Moves on behind the event that {@link #peek} gave. */
    void advance();

    /** How far everything before what {@link #peek} gives now reaches. */
    Progress progress();
}
