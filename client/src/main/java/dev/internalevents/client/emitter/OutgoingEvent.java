package dev.internalevents.client.emitter;

import dev.internalevents.protocol.JsonWriter;

/** An event that waits to be sent. Immutable. */
public interface OutgoingEvent {

    /** What a log line calls the event. */
    String name();

    /** When it was tracked, by {@link System#nanoTime()}. */
    long trackedAtNanos();

    /** About how many bytes it takes while it waits. */
    int weight();

    /**
     * Writes the event as {@link dev.internalevents.protocol.StructuredEvent#writeOpenTo} does.
     *
     * @param scratch a second buffer that it may use meanwhile
     * @param offsetNanos what is added to {@link #trackedAtNanos} to get nanoseconds since 1970
     */
    void writeOpenTo(JsonWriter out, JsonWriter scratch, long offsetNanos);
}
