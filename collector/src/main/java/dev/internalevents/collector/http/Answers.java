package dev.internalevents.collector.http;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers that are not a tracker's: JSON, short texts, errors that say what to do. */
public final class Answers {

    private static final long LINGER_MILLIS = 2_000;

    private Answers() {}

    public static void json(HttpServerRequest request, @Nullable Object tree) {
        json(request, 200, tree);
    }

    /** Answers a tree of {@link Json}. */
    public static void json(HttpServerRequest request, int status, @Nullable Object tree) {
        jsonText(request, status, Json.write(tree));
    }

    /** Answers what a writer holds; for answers so long that another copy of them as a text would matter. */
    public static void json(HttpServerRequest request, JsonWriter json) {
        json(request, 200, json);
    }

    /** Answers what a writer holds. */
    public static void json(HttpServerRequest request, int status, JsonWriter json) {
        end(prepared(request, status, "application/json; charset=utf-8"), Buffer.buffer(json.toByteArray()));
    }

    /** Answers a text that is JSON already. */
    public static void jsonText(HttpServerRequest request, int status, String json) {
        end(prepared(request, status, "application/json; charset=utf-8"), json);
    }

    public static void text(HttpServerRequest request, int status, String text) {
        end(prepared(request, status, "text/plain; charset=utf-8"), text);
    }

    /** An error as {@code {"error":"…"}}: what was wrong and what to do. */
    public static void error(HttpServerRequest request, int status, String message) {
        json(request, status, Map.of("error", message));
    }

    /**
     * For a request whose body is not worth keeping: answers at once, then closes the connection. What the sender still
     * sends is read and thrown away for up to two seconds, because a connection that is closed on a sender that writes
     * loses the answer.
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
