package dev.internalevents.protocol;

/**
 * The maximum lengths of the fields of a structured event. A collector fails the whole event if one of them is longer.
 * Lengths are counted in code points, as JSON Schema does: an emoji outside of the Basic Multilingual Plane counts as
 * one character. Source: the schema {@code atomic/jsonschema/1-0-0} of Iglu Central.
 */
public final class FieldLimits {

    /** {@code se_ca}, the category: {@value} characters. */
    public static final int CATEGORY = 1_000;

    /** {@code se_ac}, the name of the event: {@value} characters. */
    public static final int ACTION = 1_000;

    /** {@code se_la}, the label: {@value} characters. */
    public static final int LABEL = 4_096;

    /** {@code se_pr}, the property: {@value} characters. */
    public static final int PROPERTY = 1_000;

    /** {@code aid}, the application: {@value} characters. */
    public static final int APP_ID = 255;

    /** {@code tna}, the name of the tracker: {@value} characters. */
    public static final int NAMESPACE = 128;

    private static final String ELLIPSIS = "...";

    private FieldLimits() {}

    /** Returns whether a text has at most this many characters. */
    public static boolean fits(String text, int max) {
        int length = text.length();
        // A character takes one or two chars, so most texts need not be counted.
        return length <= max || (length <= 2 * max && text.codePointCount(0, length) <= max);
    }

    /**
     * Returns a text unchanged if it fits, otherwise its beginning and {@code ...}, together as long as allowed. Never
     * splits a surrogate pair.
     *
     * @param max at least 3
     */
    public static String cut(String text, int max) {
        return fits(text, max)
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max - ELLIPSIS.length())) + ELLIPSIS;
    }
}
