package dev.internalevents.pipeline;

import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.time.Instant;
import java.util.List;

/** A tracker's POST as the collector received it, from a sender who reveals nothing about itself. */
final class TrackerPost {

    static final Instant RECEIVED = Instant.parse("2026-11-23T21:00:10.500Z");

    private TrackerPost() {}

    static CollectorPayload of(TrackerPayload... events) {
        return of(PayloadData.encode(List.of(events)));
    }

    static CollectorPayload of(byte[] body) {
        return new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                "application/json",
                null,
                RequestBody.of(body),
                new CollectorPayload.Source("test", "UTF-8", null),
                new CollectorPayload.Context(RECEIVED, null, null, null, List.of(), null));
    }
}
