package dev.internalevents.pipeline;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as the collector received it, before anybody judged it.
 *
 * @param api the path, as vendor and version
 * @param querystring without the question mark; null where there was none
 * @param contentType the header, or null
 * @param contentEncoding the header, or null
 * @param body null for a request without one
 * @param source the collector
 * @param context what the request says about its sender
 */
public record CollectorPayload(
        Api api,
        @Nullable String querystring,
        @Nullable String contentType,
        @Nullable String contentEncoding,
        @Nullable RequestBody body,
        Source source,
        Context context) {

    /** A tracker's path, for example {@code com.snowplowanalytics.snowplow/tp2}; GET /i counts as {@code …/tp1}. */
    public record Api(String vendor, String version) {}

    /** The collector: its name, the encoding of texts, and the host that the sender asked for. */
    public record Source(
            String name, String encoding, @Nullable String hostname) {}

    /**
     * The sender.
     *
     * @param timestamp when the request was received
     * @param ipAddress null for an anonymous request
     * @param useragent the header, or null
     * @param refererUri the header, or null
     * @param headers every header as {@code Name: value}, but for cookies and credentials
     * @param userId the network user id: the cookie's, or a new one; null for an anonymous request
     */
    public record Context(
            Instant timestamp,
            @Nullable String ipAddress,
            @Nullable String useragent,
            @Nullable String refererUri,
            List<String> headers,
            @Nullable String userId) {

        public Context {
            headers = List.copyOf(headers);
        }
    }
}
