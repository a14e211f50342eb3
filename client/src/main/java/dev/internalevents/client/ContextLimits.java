package dev.internalevents.client;

import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ValueCopy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the fields of a context within the schema {@code gitlab_standard}, because a field outside it makes every event
 * of the request bad. A context is not tied to a client, so its cut values are counted for the whole process.
 */
final class ContextLimits {

    /** Maximum bytes of a request's {@code extra} as JSON: {@value}. */
    static final int MAX_EXTRA_BYTES = 4_096;

    /** Maximum number of keys in a request's {@code extra}: {@value}. */
    static final int MAX_EXTRA_KEYS = 50;

    /** Maximum depth of a request's {@code extra}, counting the object itself: {@value}. */
    static final int MAX_EXTRA_DEPTH = 4;

    /** Maximum numbers of a list that are sent: {@value}. */
    static final int MAX_NUMBERS = 1_000;

    /** Maximum elements of a list that are read, because a list that yields only null can be endless: {@value}. */
    private static final int MAX_READ = 10 * MAX_NUMBERS;

    private static final CutValues CUT = new CutValues();
    private static final String CONTEXT = "a context";

    private ContextLimits() {}

    /** Returns a descriptive text, cut if it is too long. */
    static @Nullable String text(String field, @Nullable String text, int max) {
        return text == null || text.length() <= max ? text : CUT.text(field, CONTEXT, text, max);
    }

    /** Returns an id, or null if it is too long. */
    static @Nullable String id(String field, @Nullable String text, int max) {
        return text == null || text.length() <= max ? text : CUT.id(field, CONTEXT, text, max);
    }

    /** Returns a number from 0 to 2,147,483,647, or null for any other. */
    static @Nullable Long number(String field, @Nullable Long number) {
        if (number == null || isInRange(number)) {
            return number;
        }
        CUT.note(field, CONTEXT, "not a number from 0 to 2147483647, so it is left out");
        return null;
    }

    /**
     * Returns the first numbers, skipping nulls and numbers out of range; null if none is left because all were out of
     * range.
     */
    static @Nullable List<Long> numbers(String field, @Nullable List<? extends @Nullable Long> numbers) {
        if (numbers == null) {
            return null;
        }
        List<Long> fitting = new ArrayList<>();
        boolean isOutOfRange = false;
        boolean isTooLong = false;
        int read = 0;
        for (Long number : numbers) {
            if (fitting.size() == MAX_NUMBERS || read++ == MAX_READ) {
                isTooLong = true;
                break;
            } else if (number != null && isInRange(number)) {
                fitting.add(number);
            } else {
                isOutOfRange |= number != null;
            }
        }
        if (isOutOfRange) {
            CUT.note(field, CONTEXT, "a list with numbers that are not from 0 to 2147483647, so these are left out");
        }
        if (isTooLong) {
            CUT.note(field, CONTEXT, "a list of more than " + MAX_NUMBERS + " numbers, so it is cut");
        }
        return isOutOfRange && fitting.isEmpty() ? null : List.copyOf(fitting);
    }

    /** Returns the text if it is one of the schema's values, otherwise null. */
    static @Nullable String oneOf(String field, @Nullable String text, Set<String> known) {
        if (text == null || known.contains(text)) {
            return text;
        }
        CUT.note(field, CONTEXT, "not one of " + new TreeSet<>(known) + ", so it is left out");
        return null;
    }

    /**
     * Returns what a request adds to the {@code extra} of its events: a copy without keys beyond
     * {@value #MAX_EXTRA_KEYS} and without keys whose values are nested more deeply than {@value #MAX_EXTRA_DEPTH}
     * levels; empty if the copy has more than {@value #MAX_EXTRA_BYTES} bytes as JSON.
     */
    static Map<String, Object> extra(@Nullable Map<?, ?> extra) {
        // ValueCopy counts eight bytes for a number, which in JSON may take only one.
        ValueCopy copies = new ValueCopy(MAX_EXTRA_BYTES, 8 * MAX_EXTRA_BYTES);
        Object copy = extra == null ? null : copies.of(extra);
        if (!(copy instanceof Map<?, ?> all)) {
            return Map.of();
        }
        Map<String, Object> fitting = new LinkedHashMap<>();
        boolean isTooDeep = false;
        for (Map.Entry<?, ?> entry : all.entrySet()) {
            if (isDeeper(entry.getValue(), MAX_EXTRA_DEPTH - 1)) {
                isTooDeep = true;
            } else if (fitting.size() < MAX_EXTRA_KEYS) {
                fitting.put((String) entry.getKey(), entry.getValue());
            }
        }
        if (isTooDeep) {
            CUT.note(
                    "extra", CONTEXT, "nested more deeply than " + MAX_EXTRA_DEPTH + " levels; such keys are left out");
        } else if (fitting.size() < all.size()) {
            CUT.note("extra", CONTEXT, "an object of more than " + MAX_EXTRA_KEYS + " keys; the others are left out");
        }
        if (copies.isTooLarge() || isLarger(fitting)) {
            CUT.note("extra", CONTEXT, "longer than " + MAX_EXTRA_BYTES + " bytes, so it is left out");
            return Map.of();
        }
        return Collections.unmodifiableMap(fitting);
    }

    private static boolean isLarger(Map<String, Object> extra) {
        // The size of a long number may be a few bytes too high, so a value near the limit is actually written.
        return JsonWriter.size(extra, MAX_EXTRA_BYTES) > MAX_EXTRA_BYTES
                && new JsonWriter().value(extra).length() > MAX_EXTRA_BYTES;
    }

    private static boolean isDeeper(@Nullable Object value, int levels) {
        Collection<?> inside =
                value instanceof Map<?, ?> map ? map.values() : value instanceof List<?> list ? list : null;
        return inside != null && (levels == 0 || inside.stream().anyMatch(one -> isDeeper(one, levels - 1)));
    }

    /** Counts a user id that is not valid. */
    static void noUser() {
        note("user_id", "an event", "not a whole number, a text or a UUID, so it is left out");
    }

    /**
     * Counts a value that is left out or cut, and logs it once.
     *
     * @param owner what the field belongs to, for the log line
     * @param what is wrong with it, without the value
     */
    static void note(String field, String owner, String what) {
        CUT.note(field, owner, what);
    }

    /** Returns a user's id: the schema accepts ids above 2,147,483,647 only as text. */
    static Object user(long id) {
        return isInRange(id) ? (Object) id : Long.toString(id);
    }

    static Map<String, Long> counts() {
        return CUT.counts();
    }

    static boolean isInRange(long number) {
        return number >= 0 && number <= Integer.MAX_VALUE;
    }
}
