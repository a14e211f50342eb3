package dev.internalevents.pipeline;

import dev.internalevents.protocol.TrackerPayload;

/**
 * One event of a request, as it was sent.
 *
 * @param payload the request
 * @param parameters the event's own parameters
 */
public record RawEvent(CollectorPayload payload, TrackerPayload parameters) {}
