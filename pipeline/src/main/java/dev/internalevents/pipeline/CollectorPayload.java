package dev.internalevents.pipeline;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as the collector received it, before any validation.
 *
 * @param api the path, as vendor and version
 * @param querystring without the question mark; null if there was none
 * @param contentType the header, or null
 * @param contentEncoding the header, or null
 * @param body null for a request without a body
 * @param source the collector
 * @param context what the request reveals about its sender
 */
public record CollectorPayload(
        Api api,
        @Nullable String querystring,
        @Nullable String contentType,
        @Nullable String contentEncoding,
        @Nullable RequestBody body,
        Source source,
        Context context) {

    private static final String SESSION_HEADER = "X-Micro-Session:";
    private static final String ANONYMOUS_HEADER = "SP-Anonymous:";

    /** Returns the label that a test gives its events: the header {@code X-Micro-Session}, or null. */
    public @Nullable String session() {
        for (String header : context.headers()) {
            if (header.regionMatches(true, 0, SESSION_HEADER, 0, SESSION_HEADER.length())) {
                return header.substring(SESSION_HEADER.length()).strip();
            }
        }
        return null;
    }

    /** Returns whether the sender asks not to be recognized: the header {@code SP-Anonymous}. */
    public boolean isAnonymous() {
        for (String header : context.headers()) {
            if (header.regionMatches(true, 0, ANONYMOUS_HEADER, 0, ANONYMOUS_HEADER.length())) {
                return true;
            }
        }
        return false;
    }

    CollectorPayload withContext(Context sender) {
        return with(querystring, body, sender);
    }

    CollectorPayload withQuerystring(String query) {
        return with(query, body, context);
    }

    CollectorPayload withContent(RequestBody content, @Nullable String encoding) {
        return new CollectorPayload(api, querystring, contentType, encoding, content, source, context);
    }

    /** Returns a copy with this body and no Content-Encoding. */
    CollectorPayload withPlainBody(RequestBody content) {
        return new CollectorPayload(api, querystring, contentType, null, content, source, context);
    }

    CollectorPayload withoutQuerystring() {
        return with(null, body, context);
    }

    CollectorPayload withoutBody() {
        return with(querystring, null, context);
    }

    CollectorPayload withoutContent() {
        List<String> headers = context.headers().stream()
                .filter(header -> !header.regionMatches(true, 0, "Referer:", 0, "Referer:".length()))
                .toList();
        return with(null, null, context.with(context.ipAddress(), null, headers));
    }

    private CollectorPayload with(@Nullable String query, @Nullable RequestBody content, Context sender) {
        return new CollectorPayload(api, query, contentType, contentEncoding, content, source, sender);
    }

    /**
     * The path of a tracker, for example {@code com.snowplowanalytics.snowplow/tp2}; GET /i counts as {@code …/tp1}.
     */
    public record Api(String vendor, String version) {}

    /** The collector: its name, its text encoding, and the host that the sender requested. */
    public record Source(
            String name, String encoding, @Nullable String hostname) {}

    /**
     * The sender.
     *
     * @param timestamp when the request was received
     * @param ipAddress null for an anonymous request
     * @param useragent the header, or null
     * @param refererUri the header, or null
     * @param headers all headers as {@code Name: value}, except cookies and credentials
     * @param userId the network user id: from the cookie, or new; all anonymous requests share one
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

        private Context with(@Nullable String address, @Nullable String referer, List<String> others) {
            return new Context(timestamp, address, useragent, referer, others, userId);
        }
    }
}
