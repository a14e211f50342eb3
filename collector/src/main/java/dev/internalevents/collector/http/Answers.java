package dev.internalevents.collector.http;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends answers other than those to trackers: JSON, short texts, and errors that say what to do. */
public final class Answers {

    private static final long LINGER_MILLIS = 2_000;

    private Answers() {}

    public static void json(HttpServerRequest request, @Nullable Object tree) {
        json(request, 200, tree);
    }

    /** Sends a {@link Json} tree. */
    public static void json(HttpServerRequest request, int status, @Nullable Object tree) {
        jsonText(request, status, Json.write(tree));
    }

    /** Sends a writer's JSON with status 200. For long answers, because it avoids a copy as a string. */
    public static void json(HttpServerRequest request, JsonWriter json) {
        json(request, 200, json);
    }

    /** Sends a writer's JSON. */
    public static void json(HttpServerRequest request, int status, JsonWriter json) {
        end(prepared(request, status, "application/json; charset=utf-8"), Buffer.buffer(json.toByteArray()));
    }

    /** Sends a text that is already JSON. */
    public static void jsonText(HttpServerRequest request, int status, String json) {
        end(prepared(request, status, "application/json; charset=utf-8"), json);
    }

    public static void text(HttpServerRequest request, int status, String text) {
        end(prepared(request, status, "text/plain; charset=utf-8"), text);
    }

    /** Sends an error as {@code {"error":"…"}}; the message says what was wrong and what to do. */
    public static void error(HttpServerRequest request, int status, String message) {
        json(request, status, Map.of("error", message));
    }

    /**
     * Rejects a request without reading its body: answers at once, then closes the connection. Reads and discards what
     * the sender still sends for up to two seconds, because closing the connection while the sender is writing would
     * lose the answer.
     */
    public static void refuse(HttpServerRequest request, int status, String message) {
        HttpServerResponse response = prepared(request, status, "text/plain; charset=utf-8");
        response.putHeader("Connection", "close");
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(LINGER_MILLIS, late -> request.connection().close());
        request.handler(ignored -> {});
        request.exceptionHandler(broken -> vertx.cancelTimer(timer));
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
        end(response, message);
    }

    private static HttpServerResponse prepared(HttpServerRequest request, int status, String contentType) {
        return request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
    }

    private static void end(HttpServerResponse response, String body) {
        end(response, Buffer.buffer(body));
    }

    private static void end(HttpServerResponse response, Buffer body) {
        if (!response.ended() && !response.closed()) {
            response.end(body);
        }
    }
}
