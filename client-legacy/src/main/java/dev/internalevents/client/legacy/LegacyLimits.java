package dev.internalevents.client.legacy;

import dev.internalevents.protocol.FieldLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the fields of the legacy context within its schema, because a field outside it makes the event bad. Logs each
 * field once, without the value. Safe for use by several threads.
 */
final class LegacyLimits {

    private static final Logger LOG = LoggerFactory.getLogger("dev.internalevents.client.legacy");

    /** Field names come from the code, so there are few. */
    private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

    private LegacyLimits() {}

    /** Returns a descriptive text, cut if it is too long. */
    static @Nullable String text(String field, @Nullable String text, int max) {
        if (text == null || FieldLimits.fits(text, max)) {
            return text;
        }
        note(field, "longer than " + max + " characters, so it is cut");
        return FieldLimits.cut(text, max);
    }

    /** Returns an id, or null if it is too long, because a truncated id would be the id of something else. */
    static @Nullable String id(String field, @Nullable String text, int max) {
        if (text == null || FieldLimits.fits(text, max)) {
            return text;
        }
        note(field, "longer than " + max + " characters, so it is left out");
        return null;
    }

    /** Returns the text if it is one of the known values, otherwise null. */
    static @Nullable String oneOf(String field, @Nullable String text, Set<String> known) {
        if (text == null || known.contains(text)) {
            return text;
        }
        note(field, "not one of " + known + ", so it is left out");
        return null;
    }

    /** Returns a number within an inclusive range, or null for any other. */
    static @Nullable Long number(String field, @Nullable Long number, long min, long max) {
        if (number == null || (number >= min && number <= max)) {
            return number;
        }
        note(field, "not a number from " + min + " to " + max + ", so it is left out");
        return null;
    }

    /** Returns the ids, without nulls and ids out of range. */
    static @Nullable List<Long> ids(String field, @Nullable List<? extends @Nullable Long> ids) {
        if (ids == null) {
            return null;
        }
        List<Long> fitting = new ArrayList<>(ids.size());
        for (Long id : ids) {
            Long one = number(field, id, 0, Integer.MAX_VALUE);
            if (one != null) {
                fitting.add(one);
            }
        }
        return fitting;
    }

    /** Returns the items that are objects, each without values that the schema does not allow. */
    static @Nullable List<Map<String, Object>> items(@Nullable List<?> items) {
        if (items == null) {
            return null;
        }
        List<Map<String, Object>> fitting = new ArrayList<>(items.size());
        for (Object item : items) {
            if (item instanceof Map<?, ?> fields) {
                fitting.add(item(fields));
            } else {
                note("context_items", "a list with items that are not objects, so these are left out");
            }
        }
        return fitting;
    }

    private static Map<String, Object> item(Map<?, ?> fields) {
        Map<String, Object> fitting = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            String name = String.valueOf(key);
            Object sent = value == null
                    ? null
                    : switch (name) {
                        case "file_extension" -> itemText(name, value, 32);
                        case "type", "resolution_strategy" -> itemText(name, value, 64);
                        case "byte_size" -> itemNumber(name, value);
                        default -> value;
                    };
            if (sent != null) {
                fitting.put(name, sent);
            }
        });
        return fitting;
    }

    private static @Nullable String itemText(String name, Object value, int max) {
        if (value instanceof String text) {
            return text("context_items." + name, text, max);
        }
        note("context_items." + name, "not a text, so it is left out");
        return null;
    }

    private static @Nullable Long itemNumber(String name, Object value) {
        String field = "context_items." + name;
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return number(field, ((Number) value).longValue(), 0, Long.MAX_VALUE);
        }
        note(field, "not a whole number, so it is left out");
        return null;
    }

    private static void note(String field, String what) {
        if (LOGGED.add(field)) {
            LOG.warn("{} of the legacy context is {}; this is logged once", field, what);
        }
    }
}
