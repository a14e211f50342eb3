package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.TrackerPayload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter reads of a request.
 *
 * @param query the parameters of the query string; none if there is no query string
 * @param queryLength characters of the query string
 * @param contentType the header, or null
 * @param body decompressed; null for a request without one. Not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares requests.
public record AdapterRequest(
        TrackerPayload query, int queryLength, @Nullable String contentType, byte @Nullable [] body) {

    /** The parameters of a request without a query string. */
    public static final TrackerPayload NO_QUERY = new TrackerPayload(Map.of());
}
