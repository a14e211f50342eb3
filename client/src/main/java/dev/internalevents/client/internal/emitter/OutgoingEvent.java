package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.JsonWriter;

/** An event that waits to be sent. Immutable: its fields are final, because threads hand it on without a lock. */
public interface OutgoingEvent {

    /** What a log line calls the event. */
    String name();

    /** When it was tracked, by {@link System#nanoTime()}. */
    long trackedAtNanos();

    /** About how many bytes it takes while it waits; 0 or more. */
    int weight();

    /** Whether it has more bytes than that when it is written; may take a while for one that is about as large. */
    default boolean isLargerThan(int bytes) {
        return weight() > bytes;
    }

    /**
     * Writes the event as {@link dev.internalevents.protocol.StructuredEvent#writeOpenTo} does.
     *
     * @param scratch a second buffer that it may use meanwhile
     */
    void writeOpenTo(JsonWriter out, JsonWriter scratch);
}
