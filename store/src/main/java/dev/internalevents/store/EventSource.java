package dev.internalevents.store;

import java.util.List;
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
    record Entry(StoredEvent event, byte @Nullable [] frame, EventStore.@Nullable Content prepared) {}

    /** The next event, without moving on; null at the end of the transaction. */
    @Nullable
    Entry peek();

    /** Moves on behind the event that {@link #peek} gave. */
    void advance();

    /** How far everything before what {@link #peek} gives now reaches; null if the events come from no spool. */
    @Nullable
    Progress progress();

    /**
     * Begins again with the first event of the transaction.
     *
     * @return false if it cannot; then a store keeps what it was given, and the rest comes with the next transaction
     */
    default boolean rewind() {
        return false;
    }

    /** Requests to be put aside in the same transaction, because some of their events wait for a schema. */
    default List<WaitingRequest> aside() {
        return List.of();
    }

    /** The origins of requests that were aside and are taken from there in the same transaction. */
    default List<String> settled() {
        return List.of();
    }
}
