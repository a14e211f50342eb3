package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import org.jspecify.annotations.Nullable;

/** A queue of events. Any thread may offer; only one thread at a time may take; any thread may settle. */
interface Outbox extends AutoCloseable {

    /** The result of offering an event. */
    enum Offer {
        TAKEN,
        FULL,
        TOO_LARGE,
        CLOSED
    }

    /** Events that were taken and are in flight. */
    interface Taken {

        /** Called when they are delivered, rejected or dropped: the outbox removes them. */
        void settle();

        /** Called when the client ends before that; returns true if the outbox stores them for the next start. */
        boolean keep();
    }

    /**
     * Returns whether this outbox works but has reached its limit. Events that it refuses then must not go elsewhere:
     * what survives the process must not depend on how full it is.
     */
    default boolean isAtLimit() {
        return false;
    }

    /**
     * Queues the event, or returns why not. Blocks on the disk only if the durability requires it, and never throws.
     */
    Offer offer(OutgoingEvent event);

    /**
     * Moves events into an empty body, in order: as many as are queued, up to the maximum number and as far as they
     * fit. An event that cannot be encoded is dropped.
     *
     * @return null if there is none
     */
    @Nullable
    Taken take(PayloadBody body, int maxEvents, int maxBytes);

    /**
     * Returns the events that were last taken into a body and are not settled, for a sending thread that something was
     * thrown at before it had them; null if this outbox cannot tell, or there are none.
     */
    default @Nullable Taken takenInto(PayloadBody body) {
        return null;
    }

    /** Returns the number of queued events, without those that were taken. */
    long size();

    /** Returns whether so many events are queued that sending must not linger. */
    boolean isPressing();

    /** Returns whether the queued events take half of the room. */
    boolean isHalfFull();

    /**
     * Drops the oldest event, or on disk the oldest segment, to make room; returns false if there are none. The caller
     * must hold the right to take.
     */
    boolean dropOldest();

    /** Waits until there may be room, or the time has expired. */
    void awaitRoom(long nanos) throws InterruptedException;

    /** Retries failed operations; called about once a second. */
    default void tick() {}

    /**
     * Drops events that the next start will not find. The caller must hold the right to take, and no event may be in
     * flight.
     */
    @Override
    void close();
}
