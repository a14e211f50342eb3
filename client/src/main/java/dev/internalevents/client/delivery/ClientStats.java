package dev.internalevents.client.delivery;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counters of a client's events since it was created. When nothing is in progress, {@code tracked = delivered +
 * rejected + dropped + held}. The counters are not read atomically, so the sum may be off by the events in flight.
 *
 * @param tracked events passed to the client, and events already in the outbox when the client was created
 * @param delivered events that a collector accepted
 * @param rejected events that a collector rejected permanently
 * @param dropped events that the client dropped
 * @param held events that are queued or in flight
 * @param retries requests that were retried
 * @param queued the part of {@code held} that is queued, in memory or on disk
 * @param spooled the part of {@code held} that is on disk
 * @param droppedByReason the dropped events by reason; contains every reason, in the order of {@link DropReason}
 */
public record ClientStats(
        long tracked,
        long delivered,
        long rejected,
        long dropped,
        long held,
        long retries,
        long queued,
        long spooled,
        Map<DropReason, Long> droppedByReason) {

    /** The counters of a client that sends nothing. */
    public static final ClientStats NONE = new ClientStats(0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    public ClientStats {
        Map<DropReason, Long> inOrder = new EnumMap<>(DropReason.class);
        inOrder.putAll(droppedByReason);
        droppedByReason = Collections.unmodifiableMap(inOrder);
    }
}
