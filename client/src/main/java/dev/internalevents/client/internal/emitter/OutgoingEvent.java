package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.JsonWriter;

/** A queued event. Immutable: its fields are final, because threads pass it on without a lock. */
public interface OutgoingEvent {

    /** Returns the event's name for log lines. */
    String name();

    /** Returns the {@link System#nanoTime()} at which it was tracked. */
    long trackedAtNanos();

    /** Returns roughly how many bytes it takes while it is queued; 0 or more. */
    int weight();

    /** Returns whether it takes more than that many bytes when written; slower for an event of about that size. */
    default boolean isLargerThan(int bytes) {
        return weight() > bytes;
    }

    /**
     * Writes the event as {@link dev.internalevents.protocol.StructuredEvent#writeOpenTo} does.
     *
     * @param scratch a second buffer that it may overwrite
     */
    void writeOpenTo(JsonWriter out, JsonWriter scratch);
}
