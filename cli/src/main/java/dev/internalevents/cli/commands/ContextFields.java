package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.Digits;
import dev.internalevents.client.ContextField;
import dev.internalevents.client.EventContextBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Sets fields of the event context from text, by the names that are used on the wire. */
final class ContextFields {

    private static final Map<String, ContextField> FIELDS = new TreeMap<>();

    static {
        for (ContextField field : ContextField.values()) {
            FIELDS.put(field.wireName(), field);
        }
    }

    private ContextFields() {}

    /**
     * Sets a field.
     *
     * @throws IllegalArgumentException naming the field if it is unknown or the text is not a valid value
     */
    static void set(EventContextBuilder context, String name, String text) {
        ContextField field = FIELDS.get(name);
        if (field == null) {
            throw new IllegalArgumentException(
                    "--context: \"" + name + "\" is not a field of gitlab_standard; the fields are "
                            + String.join(", ", FIELDS.keySet()) + " (for anything else use --extra)");
        }
        try {
            field.set(context, value(field.type(), text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--context " + name + ": \"" + text + "\" " + e.getMessage(), e);
        }
    }

    private static Object value(ContextField.Type type, String text) {
        return switch (type) {
            case TEXT, ID, CHOICE, USER -> text;
            case NUMBER -> integer(text);
            case NUMBERS ->
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .map(ContextFields::integer)
                        .toList();
            case FLAG -> bool(text);
            case TIME -> time(text);
        };
    }

    private static Boolean bool(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        throw new IllegalArgumentException("is not true or false");
    }

    private static Long integer(String text) {
        try {
            return Digits.whole(text, Long::valueOf);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a whole number", e);
        }
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("is not a time such as 2026-01-31T12:00:00Z", e);
        }
    }
}
