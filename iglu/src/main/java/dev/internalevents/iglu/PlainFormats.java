package dev.internalevents.iglu;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Recognizes the usual form of strings of some formats; about any other string, the validator must decide. */
final class PlainFormats {

    private static final int UUID_LENGTH = 36;
    private static final String TIME = "dddd-dd-ddTdd:dd:dd";
    private static final int MAX_FRACTION = 9;

    private PlainFormats() {}

    /** Returns a check that is true only for valid strings; null for a format that it does not know. */
    static @Nullable Predicate<String> of(String format) {
        return switch (format) {
            case "uuid" -> PlainFormats::isUuid;
            case "date-time" -> PlainFormats::isTime;
            default -> null;
        };
    }

    private static boolean isUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            boolean isDash = i == 8 || i == 13 || i == 18 || i == 23;
            if (isDash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
                return false;
            }
        }
        return true;
    }

    /** Returns whether a text is a time in UTC such as {@code 2026-11-23T21:00:00.120Z}, up to the 28th of a month. */
    private static boolean isTime(String text) {
        int end = text.length() - 1;
        if (end < TIME.length() || text.charAt(end) != 'Z' || text.charAt(0) == '0') {
            return false;
        }
        for (int i = 0; i < TIME.length(); i++) {
            char c = text.charAt(i);
            if (TIME.charAt(i) == 'd' ? !isDigit(c) : c != TIME.charAt(i)) {
                return false;
            }
        }
        return isWithin(text, 5, 1, 12)
                && isWithin(text, 8, 1, 28)
                && isWithin(text, 11, 0, 23)
                && isWithin(text, 14, 0, 59)
                && isWithin(text, 17, 0, 59)
                && isFraction(text, TIME.length(), end);
    }

    private static boolean isWithin(String text, int at, int min, int max) {
        int number = 10 * (text.charAt(at) - '0') + text.charAt(at + 1) - '0';
        return number >= min && number <= max;
    }

    private static boolean isFraction(String text, int from, int end) {
        if (from == end) {
            return true;
        }
        boolean isFraction = text.charAt(from) == '.' && end - from >= 2 && end - from - 1 <= MAX_FRACTION;
        for (int i = from + 1; isFraction && i < end; i++) {
            isFraction = isDigit(text.charAt(i));
        }
        return isFraction;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
