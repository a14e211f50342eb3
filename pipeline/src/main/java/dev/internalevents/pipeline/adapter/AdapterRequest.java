package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.TrackerPayload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a request that adapters read.
 *
 * @param query the parameters of the query string; empty if there is no query string
 * @param queryLength characters of the query string
 * @param contentType the header, or null
 * @param body decompressed; null for a request without a body. Must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Requests are never compared.
public record AdapterRequest(
        TrackerPayload query, int queryLength, @Nullable String contentType, byte @Nullable [] body) {

    /** The parameters of a request without a query string. */
    public static final TrackerPayload NO_QUERY = new TrackerPayload(Map.of());
}
