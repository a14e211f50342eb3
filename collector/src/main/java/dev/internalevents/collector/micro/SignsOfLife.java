package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.protocol.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;

/**
 * Answers JSON that can be long in coming: line feeds, which JSON may begin with, are sent meanwhile, so that neither the
 * server nor anything on the way closes a connection on which nothing is sent. With the first of them, the status is 200. A
 * failure after that is sent as {@code {"error":"…"}}, and the connection is closed before the answer is complete, so that it
 * cannot be taken for a good one. For the request's thread alone; never blocks.
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

    /** @param everyMillis 1 or more; the first sign is sent after that time too */
    SignsOfLife(HttpServerRequest request, long everyMillis) {
        this.request = request;
        this.response = request.response();
        this.everyMillis = everyMillis;
    }

    /** From now on, signs are sent. */
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

    /** Whether a sign was sent, and the status with it. */
    boolean hasBegun() {
        return begun;
    }

    /** Sends no more signs. */
    void end() {
        over = true;
        if (timer != NONE) {
            vertx.cancelTimer(timer);
        }
    }

    /** Answers a tree of {@link Json}. */
    void json(Object tree) {
        end();
        if (!begun) {
            Answers.json(request, tree);
        } else if (!isGone()) {
            response.end(Json.write(tree));
        }
    }

    /** Ends an answer that has begun. */
    void fail(String message) {
        end();
        if (!isGone()) {
            response.write(Json.write(Map.of("error", message)));
            // What is reset at once can lose what was sent just before.
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
