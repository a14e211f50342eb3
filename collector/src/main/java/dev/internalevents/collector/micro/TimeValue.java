package dev.internalevents.collector.micro;

import dev.internalevents.protocol.MalformedPayloadException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A time in a request's JSON. */
final class TimeValue {

    private TimeValue() {}

    /** Reads a time given in ISO-8601 or as milliseconds since 1970; null if there is none. */
    static @Nullable Instant read(Map<?, ?> json, String key) {
        Object value = json.get(key);
        try {
            if (value == null) {
                return null;
            } else if (value instanceof Long millis) {
                return bounded(Instant.ofEpochMilli(millis));
            } else if (value instanceof String text) {
                return bounded(Instant.parse(text));
            }
        } catch (DateTimeException e) {
            // Reported below.
        }
        throw new MalformedPayloadException(
                "\"" + key + "\" must be a time such as \"2026-01-01T00:00:00Z\", or milliseconds since 1970");
    }

    private static Instant bounded(Instant time) {
        Instant first = Instant.EPOCH;
        Instant last = Instant.parse("9999-01-01T00:00:00Z");
        return time.isBefore(first) ? first : time.isAfter(last) ? last : time;
    }
}
