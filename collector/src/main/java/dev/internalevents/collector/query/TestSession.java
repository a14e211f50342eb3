package dev.internalevents.collector.query;

import dev.internalevents.collector.http.RawText;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** The test session that a request names, so that tests that run at the same time see only their own events. */
public final class TestSession {

    private static final String HEADER = "X-Micro-Session";
    private static final String PARAMETER = "session";

    private TestSession() {}

    /** Returns the session that a request names by header or query parameter; null for all. */
    public static @Nullable String of(HttpServerRequest request) {
        String header = request.getHeader(HEADER);
        String session = header == null ? request.getParam(PARAMETER) : RawText.of(header);
        return session == null || session.isBlank() ? null : session.strip();
    }
}
