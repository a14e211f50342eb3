package dev.internalevents.store;

import java.time.Instant;
import java.util.List;

/**
 * A request with events that wait for a schema that cannot be looked up yet.
 *
 * @param origin a unique name of the request
 * @param since when the events began to wait
 * @param events the indices, from 0, of the events in the request that wait
 * @param frame the request, as {@link RawRequests#seal} returned it
 */
public record WaitingRequest(String origin, Instant since, List<Integer> events, byte[] frame) {

    public WaitingRequest {
        events = List.copyOf(events);
    }

    /** Returns the request without its frame. */
    public Summary summary() {
        return new Summary(origin, since, events, frame.length);
    }

    /**
     * A waiting request without its frame.
     *
     * @param bytes the size of the frame in bytes
     */
    public record Summary(String origin, Instant since, List<Integer> events, long bytes) {
        public Summary {
            events = List.copyOf(events);
        }
    }
}
