package dev.internalevents.store;

import java.time.Instant;
import java.util.List;

/**
 * A request some of whose events wait for a schema that cannot be looked up yet.
 *
 * @param origin names the request among all others
 * @param since when they began to wait
 * @param events which of the request's events wait, from 0
 * @param frame the request, as {@link RawRequests#seal} made it
 */
public record WaitingRequest(String origin, Instant since, List<Integer> events, byte[] frame) {

    public WaitingRequest {
        events = List.copyOf(events);
    }

    /** What is known of it without its frame. */
    public Summary summary() {
        return new Summary(origin, since, events, frame.length);
    }

    /**
     * A waiting request without its frame.
     *
     * @param bytes of the frame
     */
    public record Summary(String origin, Instant since, List<Integer> events, long bytes) {
        public Summary {
            events = List.copyOf(events);
        }
    }
}
