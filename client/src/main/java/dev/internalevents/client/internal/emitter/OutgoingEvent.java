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

    /**
     * Returns whether {@link #writeOpenTo} writes more than that many bytes. Exact, because a larger event is dropped;
     * traverses the event's values, but stops once the limit is exceeded.
     */
    boolean isLargerThan(int bytes);

    /**
     * Writes the event as {@link dev.internalevents.protocol.StructuredEvent#writeOpenTo} does.
     *
     * @param scratch a second buffer that it may overwrite
     */
    void writeOpenTo(JsonWriter out, JsonWriter scratch);
}
