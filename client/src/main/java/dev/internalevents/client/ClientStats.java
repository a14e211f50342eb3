package dev.internalevents.client;

import dev.internalevents.client.delivery.DropReason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the events of a client went since it was made. At rest {@code tracked = delivered + rejected + dropped + held};
 * while events are under way the numbers are read one after the other and may be apart by those.
 *
 * @param tracked events that were handed over, and those that the outbox held when the client was made
 * @param delivered events that a collector took
 * @param rejected events that a collector refused for good
 * @param dropped events that were given up here
 * @param held events that wait or are being sent
 * @param retries requests that were sent again
 * @param queued of those held, the ones that wait, in memory or on disk
 * @param spooled of those held, the ones on disk
 * @param droppedByReason the dropped ones, with every reason, in the order of {@link DropReason}
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

    static final ClientStats NONE = new ClientStats(0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    public ClientStats {
        Map<DropReason, Long> inOrder = new EnumMap<>(DropReason.class);
        inOrder.putAll(droppedByReason);
        droppedByReason = Collections.unmodifiableMap(inOrder);
    }
}
