package dev.internalevents.pipeline;

/**
 * What an atomic field cannot hold, because tab-separated files could not: four blanks stand for a tab, and every other
 * control character of ASCII is left out.
 */
final class ControlCharacters {

    private static final char DELETE = 0x7f;

    private ControlCharacters() {}

    /** The text without them, which may be empty; nearly always the same text. */
    static String removed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return removed(text, i);
            }
        }
        return text;
    }

    private static String removed(String text, int first) {
        StringBuilder kept = new StringBuilder(text.length() + 3).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                kept.append("    ");
            } else if (!isControl(c)) {
                kept.append(c);
            }
        }
        return kept.toString();
    }

    private static boolean isControl(char c) {
        return c < ' ' || c == DELETE;
    }
}
