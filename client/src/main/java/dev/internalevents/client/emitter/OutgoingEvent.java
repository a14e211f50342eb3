package dev.internalevents.client.emitter;

import dev.internalevents.protocol.JsonWriter;

/** An event that waits to be sent. Immutable. */
public interface OutgoingEvent {

    /** What a log line calls the event. */
    String name();

    /** Writes the event as {@link dev.internalevents.protocol.StructuredEvent#writeOpenTo} does. */
    void writeOpenTo(JsonWriter out);
}
