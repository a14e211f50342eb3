package dev.internalevents.browser;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** Responses to a browser. */
final class Answers {

    private Answers() {}

    /** Reads the request's body, sends a response and ends the exchange. */
    static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
