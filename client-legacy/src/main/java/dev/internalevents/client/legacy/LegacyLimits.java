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
 * Keeps the fields of the legacy context within what its schema allows, because one that is outside makes the event bad.
 * Logs each field once, without the value. Safe for use by several threads.
 */
final class LegacyLimits {

    private static final Logger LOG = LoggerFactory.getLogger("dev.internalevents.client.legacy");

    /** The fields are those of the code, so there are few. */
    private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

    private LegacyLimits() {}

    /** A describing text: cut if it is too long. */
    static @Nullable String text(String field, @Nullable String text, int most) {
        if (text == null || FieldLimits.fits(text, most)) {
            return text;
        }
        note(field, "longer than " + most + " characters, so it is cut");
        return FieldLimits.cut(text, most);
    }

    /** An id: left out if it is too long, because a part of it is the id of something else. */
    static @Nullable String id(String field, @Nullable String text, int most) {
        if (text == null || FieldLimits.fits(text, most)) {
            return text;
        }
        note(field, "longer than " + most + " characters, so it is left out");
        return null;
    }

    /** One of a few texts; another is left out. */
    static @Nullable String oneOf(String field, @Nullable String text, Set<String> known) {
        if (text == null || known.contains(text)) {
            return text;
        }
        note(field, "not one of " + known + ", so it is left out");
        return null;
    }

    /** A number within a range, both ends included; another is left out. */
    static @Nullable Long number(String field, @Nullable Long number, long least, long most) {
        if (number == null || (number >= least && number <= most)) {
            return number;
        }
        note(field, "not a number from " + least + " to " + most + ", so it is left out");
        return null;
    }

    /** The ids without null and those that are out of range. */
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

    /** The items that are objects, each without what the schema refuses. */
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

    private static @Nullable String itemText(String name, Object value, int most) {
        if (value instanceof String text) {
            return text("context_items." + name, text, most);
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
