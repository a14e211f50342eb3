package dev.internalevents.protocol;

/**
 * The maximum lengths of the fields of a structured event. A collector fails the whole event if one of them is longer.
 * Lengths count characters as JSON Schema does, which are code points: an emoji outside of the Basic Multilingual Plane
 * is one. Source: the schema {@code atomic/jsonschema/1-0-0} of Iglu Central.
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

    /** Whether a text has at most this many characters. */
    public static boolean fits(String text, int most) {
        int length = text.length();
        // A character takes one or two chars, so most texts need no count.
        return length <= most || (length <= 2 * most && text.codePointCount(0, length) <= most);
    }

    /**
     * Returns a text unchanged if it fits, otherwise its beginning and {@code ...}, together as long as allowed. No
     * surrogate pair is split.
     *
     * @param most at least 3
     */
    public static String cut(String text, int most) {
        return fits(text, most)
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most - ELLIPSIS.length())) + ELLIPSIS;
    }
}
