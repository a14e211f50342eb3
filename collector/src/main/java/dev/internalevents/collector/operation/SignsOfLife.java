package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.protocol.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;

/**
 * Sends a JSON answer that may take long. Until it is ready, sends line feeds, with which JSON may start, so that
 * neither the server nor a proxy closes the idle connection. The first of them fixes the status to 200. A later failure
 * is sent as {@code {"error":"…"}}, and the connection is closed before the answer is complete, so that it cannot be
 * mistaken for a success. Call only on the request's thread; never blocks.
 */
final class SignsOfLife {

    private static final long NONE = -1;
    private static final long LINGER_MILLIS = 1_000;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Vertx vertx = Vertx.currentContext().owner();
    private final long everyMillis;
    private long timer = NONE;
    private boolean over;
    private boolean begun;

    /** @param everyMillis the interval of the line feeds, 1 or more; the first is sent after one interval */
    SignsOfLife(HttpServerRequest request, long everyMillis) {
        this.request = request;
        this.response = request.response();
        this.everyMillis = everyMillis;
    }

    /** Starts sending line feeds. */
    void begin() {
        if (!over) {
            timer = vertx.setPeriodic(everyMillis, time -> sign());
        }
    }

    private void sign() {
        if (isGone()) {
            end();
            return;
        }
        if (!begun) {
            begun = true;
            response.setStatusCode(200)
                    .putHeader("Content-Type", "application/json; charset=utf-8")
                    .putHeader("Cache-Control", "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff");
            if (request.version() != HttpVersion.HTTP_2) {
                response.setChunked(true);
            }
        }
        response.write("\n");
    }

    /** Returns whether a line feed was sent, and with it the status. */
    boolean hasBegun() {
        return begun;
    }

    /** Stops sending line feeds. */
    void end() {
        over = true;
        if (timer != NONE) {
            vertx.cancelTimer(timer);
        }
    }

    /** Ends the answer with a {@link Json} tree. */
    void json(Object tree) {
        end();
        if (!begun) {
            Answers.json(request, tree);
        } else if (!isGone()) {
            response.end(Json.write(tree));
        }
    }

    /** Ends a started answer with an error, and closes the connection. */
    void fail(String message) {
        end();
        if (!isGone()) {
            response.write(Json.write(Map.of("error", message)));
            // Resetting at once could lose the bytes just sent.
            vertx.setTimer(LINGER_MILLIS, late -> {
                if (!isGone()) {
                    response.reset();
                }
            });
        }
    }

    private boolean isGone() {
        return response.ended() || response.closed();
    }
}
