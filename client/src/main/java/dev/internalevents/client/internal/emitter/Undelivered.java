package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import org.jspecify.annotations.Nullable;

/** Stores events that a sending thread does not deliver. Safe for use by several threads. */
final class Undelivered {

    private final Outboxes outboxes;
    private final boolean isDurable;
    private final MovedEvents moved = new MovedEvents();

    /** @param isDurable whether there is an outbox on disk, so that an event that cannot be set aside stays queued */
    Undelivered(Outboxes outboxes, boolean isDurable) {
        this.outboxes = outboxes;
        this.isDurable = isDurable;
    }

    boolean isDurable() {
        return isDurable;
    }

    /**
     * Sets aside an event that the collector fails at; returns its location as text, or null if it could not be set
     * aside.
     */
    @Nullable
    String setAside(PayloadBody event, String reason, int tries) {
        return outboxes.setAside() == null ? null : outboxes.setAside().add(event, reason, tries);
    }

    /**
     * Returns whether events in flight keep the outbox on disk full of finished ones; see {@link SpoolOutbox#isHeldUp}.
     */
    boolean isHeldUp() {
        return outboxes.onDisk() != null && outboxes.onDisk().isHeldUp();
    }

    /**
     * Saves events on disk, behind all others: those that were queued in memory while the outbox's folder could not be
     * used, or before more were spilled. Returns how many, from the first on.
     */
    int save(PayloadBody events) {
        return outboxes.onDisk() == null ? 0 : outboxes.onDisk().save(events);
    }

    /**
     * Moves a part with one event behind all others on disk; its failures so far continue to count. Returns false if
     * there is no room.
     */
    boolean move(Part part) {
        if (save(part.events()) == 0) {
            return false;
        }
        moved.add(part);
        return true;
    }

    /** Returns the failures of a part's event before it was moved, and forgets them; null if it was not moved. */
    Part.@Nullable Failures failuresBefore(Part part) {
        return moved.remove(part);
    }
}
