package dev.internalevents.collector.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;

/** Answers malformed requests, and request lines or headers over the limit, with the matching status. */
public final class InvalidRequests {

    private InvalidRequests() {}

    public static void answer(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        if (cause instanceof TooLongHttpLineException) {
            Answers.refuse(request, 414, "The address is too long; send the event as a POST.\n");
        } else if (cause instanceof TooLongHttpHeaderException) {
            Answers.refuse(request, 431, "The headers are too large.\n");
        } else {
            Answers.refuse(request, 400, "This is not a valid HTTP request.\n");
        }
    }
}
