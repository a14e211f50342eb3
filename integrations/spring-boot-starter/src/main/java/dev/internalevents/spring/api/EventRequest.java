package dev.internalevents.spring.api;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event as a client sends it. */
record EventRequest(
        String event,
        @Nullable Long namespaceId,
        @Nullable Long projectId,
        Map<?, ?> properties,
        boolean sendToSnowplow) {

    static final int MAX_EVENTS = 50;

    /** Thrown for an invalid body; the message is for the sender. */
    static final class WrongBodyException extends RuntimeException {
        WrongBodyException(String message) {
            super(message);
        }
    }

    /** @throws WrongBodyException if the body is not one event, or up to {@value #MAX_EVENTS} in "events" */
    static List<EventRequest> read(byte[] body) {
        Object json;
        try {
            json = Json.parse(body);
        } catch (MalformedPayloadException e) {
            throw new WrongBodyException("the body is " + e.getMessage());
        }
        Map<?, ?> fields = object(json, "the body");
        if (!fields.containsKey("events")) {
            return List.of(one(fields, ""));
        }
        if (fields.containsKey("event")) {
            throw new WrongBodyException("event and events are mutually exclusive");
        }
        if (!(fields.get("events") instanceof List<?> events) || events.isEmpty()) {
            throw new WrongBodyException("events must be a list of 1 to " + MAX_EVENTS + " events");
        }
        if (events.size() > MAX_EVENTS) {
            throw new WrongBodyException(
                    "events has " + events.size() + " events; at most " + MAX_EVENTS + " are accepted at a time");
        }
        List<EventRequest> all = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            String where = "events[" + i + "]";
            all.add(one(object(events.get(i), where), where + "."));
        }
        return all;
    }

    private static EventRequest one(Map<?, ?> fields, String where) {
        if (!(fields.get("event") instanceof String event) || event.isBlank()) {
            throw new WrongBodyException(where + "event must be the name of an event");
        }
        Object given = fields.get("additional_properties");
        String inProperties = where + "additional_properties";
        Map<?, ?> properties = given == null ? Map.of() : object(given, inProperties);
        require(properties, "label", String.class, inProperties, "a text");
        require(properties, "property", String.class, inProperties, "a text");
        require(properties, "value", Number.class, inProperties, "a number");
        Object send = fields.get("send_to_snowplow");
        if (send != null && !(send instanceof Boolean)) {
            throw new WrongBodyException(where + "send_to_snowplow must be true or false");
        }
        return new EventRequest(
                event,
                id(fields, where, "namespace_id"),
                id(fields, where, "project_id"),
                properties,
                Boolean.TRUE.equals(send));
    }

    private static Map<?, ?> object(@Nullable Object json, String where) {
        if (json instanceof Map<?, ?> map) {
            return map;
        }
        throw new WrongBodyException(where + " must be a JSON object");
    }

    private static void require(Map<?, ?> properties, String key, Class<?> type, String where, String words) {
        Object value = properties.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new WrongBodyException(where + "." + key + " must be " + words);
        }
    }

    private static @Nullable Long id(Map<?, ?> fields, String where, String key) {
        Object value = fields.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number
                && (value instanceof Long || value instanceof Integer)
                && number.longValue() >= 0
                && number.longValue() <= Integer.MAX_VALUE) {
            return number.longValue();
        }
        throw new WrongBodyException(where + key + " must be a whole number from 0 to " + Integer.MAX_VALUE);
    }
}
