package dev.internalevents.pipeline;

import dev.internalevents.protocol.TrackerPayload;

/**
 * One event of a request, as it was sent.
 *
 * @param payload the request
 * @param parameters the event's own parameters
 * @param index the event's index in its request, from 0
 */
public record RawEvent(CollectorPayload payload, TrackerPayload parameters, int index) {

    RawEvent withPayload(CollectorPayload other) {
        return new RawEvent(other, parameters, index);
    }
}
