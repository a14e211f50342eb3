package dev.internalevents.spring.api;

import dev.internalevents.protocol.Json;
import java.util.Map;

/**
 * A response of the event endpoint.
 *
 * @param status HTTP status
 * @param headers additional headers
 * @param body JSON, or empty
 */
public record EventApiAnswer(int status, Map<String, String> headers, String body) {

    static final EventApiAnswer OK = new EventApiAnswer(200, Map.of(), "");

    static EventApiAnswer refused(int status, String error) {
        return new EventApiAnswer(status, Map.of(), Json.write(Map.of("error", error)));
    }

    EventApiAnswer retryAfter(long seconds) {
        return new EventApiAnswer(status, Map.of("Retry-After", Long.toString(seconds)), body);
    }
}
