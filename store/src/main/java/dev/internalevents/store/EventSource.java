package dev.internalevents.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Supplies a store with the events of one transaction, in order. Used by one thread at a time. */
public interface EventSource {

    /**
     * One event to store.
     *
     * @param event the event
     * @param frame the whole request as it was received, for a failed event; null for a good one
     * @param prepared the result of {@link EventStore#prepare} for the event; null if there is none
     */
    record Entry(StoredEvent event, byte @Nullable [] frame, EventStore.@Nullable Content prepared) {}

    /**
     * Changes to the waiting requests.
     *
     * @param settled the origins of requests to remove, before any is added
     * @param added requests to store as waiting, because some of their events wait for a schema
     */
    record WaitingChanges(List<String> settled, List<WaitingRequest> added) {

        static final WaitingChanges NONE = new WaitingChanges(List.of(), List.of());

        public WaitingChanges {
            settled = List.copyOf(settled);
            added = List.copyOf(added);
        }
    }

    /** Returns the next event without advancing; null at the end of the transaction. */
    @Nullable
    Entry peek();

    /** Advances past the event that {@link #peek} returned. */
    void advance();

    /**
     * Returns the position in the spool before the event that {@link #peek} returns now; null if the events do not come
     * from a spool.
     */
    @Nullable
    Progress progress();

    /**
     * Restarts at the first event of the transaction.
     *
     * @return false if it cannot; the store then keeps the events it already has, and the others follow in the next
     *     transaction
     */
    default boolean rewind() {
        return false;
    }

    /** Returns what to change of the waiting requests in the same transaction. */
    default WaitingChanges waitingChanges() {
        return WaitingChanges.NONE;
    }
}
