package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import org.jspecify.annotations.Nullable;

/** Where events wait. Any thread offers; taking is for one thread at a time, settling for any. */
interface Outbox extends AutoCloseable {

    /** What becomes of an event that is offered. */
    enum Offer {
        TAKEN,
        FULL,
        TOO_LARGE,
        CLOSED
    }

    /** Events that were taken and are under way; given back to the outbox they came from. */
    interface Taken {

        /** They are delivered, rejected or dropped: the outbox forgets them. */
        void settle();

        /** They are not, and the client ends: true when the outbox keeps them for the next start. */
        boolean keep();
    }

    /** Takes the event, or says why not. Blocks on the disk only where its durability says so, and never throws. */
    Offer offer(OutgoingEvent event);

    /**
     * Moves events into an empty body, in order: as many as there are, as are wanted, and as fit. An event that cannot be
     * encoded is dropped.
     *
     * @return null when there is none
     */
    @Nullable
    Taken take(PayloadBody body, int maxEvents, int maxBytes);

    /** Events that wait; those that were taken are not counted. */
    long size();

    /** Whether so many wait that sending must not linger. */
    boolean isPressing();

    /** Whether what waits takes half of the room that there is. */
    boolean isHalfFull();

    /** Drops what has waited longest, to make room; false when there is nothing. The caller holds the right to take. */
    boolean dropOldest();

    /** Waits until there may be room, or the time is up. */
    void awaitRoom(long nanos) throws InterruptedException;

    /** Mends what can be mended by trying again; called about once a second. */
    default void tick() {}

    /** Drops what no next start will find. The caller holds the right to take, and nothing is under way. */
    @Override
    void close();
}
