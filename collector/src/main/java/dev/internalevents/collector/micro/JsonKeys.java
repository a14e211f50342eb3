package dev.internalevents.collector.micro;

import dev.internalevents.protocol.MalformedPayloadException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of keys in the JSON of a request. Each method throws {@link MalformedPayloadException} naming the
 * key if its value has another type.
 */
final class JsonKeys {

    private JsonKeys() {}

    static @Nullable String text(Map<?, ?> json, String key) {
        Object value = json.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            throw new MalformedPayloadException("\"" + key + "\" must be a string");
        }
        return text;
    }

    static List<String> texts(Map<?, ?> json, String key, String what) {
        if (json.get(key) != null && !(json.get(key) instanceof List<?>)) {
            throw new MalformedPayloadException("\"" + key + "\" must be " + what);
        }
        List<String> texts = new ArrayList<>();
        for (Object item : list(json, key)) {
            if (!(item instanceof String text)) {
                throw new MalformedPayloadException("\"" + key + "\" must be " + what);
            }
            texts.add(text);
        }
        return texts;
    }

    static List<?> list(Map<?, ?> json, String key) {
        Object value = json.get(key);
        if (value == null) {
            return List.of();
        } else if (value instanceof List<?> list) {
            return list;
        }
        throw new MalformedPayloadException("\"" + key + "\" must be an array");
    }

    static @Nullable Boolean flag(Map<?, ?> json, String key) {
        Object value = json.get(key);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw new MalformedPayloadException("\"" + key + "\" must be true, false or null");
    }

    static long number(Map<?, ?> json, String key, long defaultValue, long min, long max) {
        Object value = whole(json.get(key));
        if (value == null) {
            return defaultValue;
        }
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw new MalformedPayloadException("\"" + key + "\" must be a whole number"
                + (min == Long.MIN_VALUE ? "" : " of " + min + " or more")
                + (max == Long.MAX_VALUE || max == Integer.MAX_VALUE ? "" : ", " + max + " at most"));
    }

    /** Converts a number such as 1.0 to a whole number; returns anything else unchanged. */
    private static @Nullable Object whole(@Nullable Object value) {
        if (value instanceof BigDecimal || value instanceof Double) {
            double number = ((Number) value).doubleValue();
            if (number == Math.rint(number) && Math.abs(number) < 1L << 53) {
                return (long) number;
            }
        }
        return value;
    }
}
