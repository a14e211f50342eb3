package dev.internalevents.client.emitter;

import dev.internalevents.protocol.JsonWriter;

/** An event that waits to be sent. Immutable. */
public interface OutgoingEvent {

    /** What a log line calls the event. */
    String name();

    /** About how many bytes it takes while it waits. */
    int weight();

    /**
     * Writes the event as {@link dev.internalevents.protocol.StructuredEvent#writeOpenTo} does.
     *
     * @param scratch a second buffer that it may use meanwhile
     */
    void writeOpenTo(JsonWriter out, JsonWriter scratch);
}
