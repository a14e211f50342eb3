package dev.internalevents.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the fields of a context within what the schema {@code gitlab_standard} allows, because one that is outside makes
 * each event of the request bad. A context belongs to no client, so its cut values are counted for the whole process.
 */
final class ContextLimits {

    /** Numbers of a list that are sent: {@value}. */
    static final int MAX_NUMBERS = 1_000;

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
        List<Long> fitting = new ArrayList<>(Math.min(numbers.size(), MAX_NUMBERS));
        boolean isOutOfRange = false;
        boolean isTooLong = false;
        for (Long number : numbers) {
            if (fitting.size() == MAX_NUMBERS) {
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

    /** Counts a user id that is not valid. */
    static void noUser() {
        CUT.note("user_id", "an event", "not a whole number, a text or a UUID, so it is left out");
    }

    /** A user's id: the schema takes large ones as a text alone. */
    static Object user(long id) {
        return isInRange(id) ? (Object) id : Long.toString(id);
    }

    static Map<String, Long> counts() {
        return CUT.counts();
    }

    private static boolean isInRange(long number) {
        return number >= 0 && number <= Integer.MAX_VALUE;
    }
}
