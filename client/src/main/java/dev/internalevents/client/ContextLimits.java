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
 * Keeps the fields of a context within what the schema {@code gitlab_standard} allows, because one that is outside makes
 * each event of the request bad. A context belongs to no client, so its cut values are counted for the whole process.
 */
final class ContextLimits {

    /** Bytes of a request's {@code extra} as JSON: {@value}. */
    static final int MAX_EXTRA_BYTES = 4_096;

    /** Keys of a request's {@code extra}: {@value}. */
    static final int MAX_EXTRA_KEYS = 50;

    /** Levels of a request's {@code extra}, itself counted: {@value}. */
    static final int MAX_EXTRA_DEPTH = 4;

    /** Numbers of a list that are sent: {@value}. */
    static final int MAX_NUMBERS = 1_000;

    /** Numbers of a list that are looked at, since one that holds null alone can be endless: {@value}. */
    private static final int MAX_READ = 10 * MAX_NUMBERS;

    private static final CutValues CUT = new CutValues();
    private static final String CONTEXT = "a context";

    private ContextLimits() {}

    /** A describing text: cut if it is too long. */
    static @Nullable String text(String field, @Nullable String text, int most) {
        return text == null || text.length() <= most ? text : CUT.text(field, CONTEXT, text, most);
    }

    /** An id: left out if it is too long. */
    static @Nullable String id(String field, @Nullable String text, int most) {
        return text == null || text.length() <= most ? text : CUT.id(field, CONTEXT, text, most);
    }

    /** A number from 0 to 2,147,483,647; others are left out. */
    static @Nullable Long number(String field, @Nullable Long number) {
        if (number == null || isInRange(number)) {
            return number;
        }
        CUT.note(field, CONTEXT, "not a number from 0 to 2147483647, so it is left out");
        return null;
    }

    /** The first numbers without null and those that are out of range; null if none is left. */
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

    /** One of a few texts that the schema knows; another is left out. */
    static @Nullable String oneOf(String field, @Nullable String text, Set<String> known) {
        if (text == null || known.contains(text)) {
            return text;
        }
        CUT.note(field, CONTEXT, "not one of " + new TreeSet<>(known) + ", so it is left out");
        return null;
    }

    /**
     * What a request adds to the {@code extra} of its events: a copy without the keys beyond {@value #MAX_EXTRA_KEYS} and
     * without those whose values are nested more deeply than {@value #MAX_EXTRA_DEPTH} levels; empty if the copy has more
     * than {@value #MAX_EXTRA_BYTES} bytes as JSON.
     */
    static Map<String, Object> extra(@Nullable Map<?, ?> extra) {
        // It counts eight bytes for a number, of which JSON may have one.
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
        // The size may count a few bytes more than are written, so what is near the limit is written.
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

    /** A user's id: the schema takes large ones as a text alone. */
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
