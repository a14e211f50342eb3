package dev.internalevents.client;

import dev.internalevents.client.settings.Settings;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of one request and converts them to the types of their fields. An absent or blank header is null;
 * one that cannot be read as its type is null too, and is counted under its field, without its value.
 */
final class RequestHeaders {

    private static final String TOO_LONG =
            "longer than " + EventContextFactory.MAX_HEADER_LENGTH + " characters" + ", so it is left out";

    private final Function<String, @Nullable String> source;

    RequestHeaders(Function<String, @Nullable String> source) {
        this.source = source;
    }

    /** Returns the value as the type of the field: a text, an id, a choice, a number or a flag. */
    @Nullable
    Object typed(ContextField field, String name) {
        return switch (field.type()) {
            case NUMBER -> integer(field.wireName(), name);
            case FLAG -> bool(field.wireName(), name);
            default -> text(field.wireName(), name);
        };
    }

    @Nullable
    String text(String field, String name) {
        String value = value(name);
        if (value != null && value.length() > EventContextFactory.MAX_HEADER_LENGTH) {
            note(field, name, TOO_LONG);
            return null;
        }
        return value;
    }

    /** Returns a boolean: true/false, 1/0, yes/no, on/off, t/f, y/n, in any case. */
    @Nullable
    Boolean bool(String field, String name) {
        String value = text(field, name);
        Boolean read = value == null ? null : Settings.parseBoolean(value);
        if (value != null && read == null) {
            note(field, name, "not a boolean such as true or false, so it is left out");
        }
        return read;
    }

    /** Returns a whole number; the text {@code null} counts as an absent header. */
    @Nullable
    Long integer(String field, String name) {
        String value = text(field, name);
        if (value == null || value.equals("null")) {
            return null;
        }
        Long read = wholeNumber(value);
        if (read == null) {
            note(field, name, "not a whole number, so it is left out");
        }
        return read;
    }

    /** Returns a number above 0, written in decimal digits. */
    @Nullable
    Long positive(String field, String name) {
        String value = text(field, name);
        Long read = VerifiedClaims.positive(value);
        if (value != null && read == null) {
            note(field, name, "not a whole number above 0, so it is left out");
        }
        return read;
    }

    /**
     * Returns the ids in a comma-separated list, without duplicates, in the order of their first occurrence; empty if
     * there is none.
     */
    List<Long> ids(String field, String name) {
        String value = value(name);
        if (value == null) {
            return List.of();
        }
        int end = value.length();
        if (end > EventContextFactory.MAX_LIST_LENGTH) {
            note(field, name, "longer than " + EventContextFactory.MAX_LIST_LENGTH + " characters, so it is cut");
            // Cut at a comma: a truncated part would be another id.
            end = value.lastIndexOf(',', EventContextFactory.MAX_LIST_LENGTH) + 1;
        }
        Set<Long> ids = new LinkedHashSet<>();
        boolean isUnreadable = false;
        for (int start = 0; start < end; ) {
            int comma = value.indexOf(',', start);
            int stop = comma < 0 ? end : comma;
            String part = value.substring(start, stop).strip();
            Long id = wholeNumber(part);
            if (id != null && ContextLimits.isInRange(id)) {
                ids.add(id);
            } else {
                isUnreadable |= !part.isEmpty();
            }
            start = stop + 1;
        }
        if (isUnreadable) {
            note(field, name, "a list with parts that are not numbers from 0 to 2147483647, so these are left out");
        }
        return new ArrayList<>(ids);
    }

    /** Returns a JSON object. */
    @SuppressWarnings("unchecked")
    @Nullable
    Map<String, Object> object(String field, String name) {
        String value = value(name);
        if (value == null) {
            return null;
        }
        if (value.length() > ContextLimits.MAX_EXTRA_BYTES) {
            note(field, name, "longer than " + ContextLimits.MAX_EXTRA_BYTES + " characters, so it is left out");
            return null;
        }
        try {
            if (Json.parse(value) instanceof Map<?, ?> object) {
                return (Map<String, Object>) object;
            }
        } catch (MalformedPayloadException e) {
            // Its message quotes the header, which may be personal data.
        }
        note(field, name, "not a JSON object, so it is left out");
        return null;
    }

    /** Returns the header's value, stripped; null if it is blank. */
    private @Nullable String value(String name) {
        String value = source.apply(name);
        if (value == null) {
            return null;
        }
        String text = value.strip();
        return text.isEmpty() ? null : text;
    }

    /** Parses ASCII decimal digits, with or without a sign; null if the text is anything else or exceeds a long. */
    static @Nullable Long wholeNumber(String text) {
        int length = text.length();
        int first = length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        if (first == length) {
            return null;
        }
        for (int i = first; i < length; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return null;
            }
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            // More digits than a long has
            return null;
        }
    }

    static void note(String field, String name, String what) {
        ContextLimits.note(field, "the header " + name, what);
    }
}
