package dev.internalevents.pipeline;

/**
 * Removes characters that atomic fields cannot contain because the tab-separated format could not: a tab becomes four
 * spaces, and all other ASCII control characters are dropped.
 */
final class ControlCharacters {

    private static final char DELETE = 0x7f;

    private ControlCharacters() {}

    /** Returns the text without control characters; it may be empty. Usually returns the argument itself. */
    static String removed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return removed(text, i);
            }
        }
        return text;
    }

    private static String removed(String text, int first) {
        StringBuilder out = new StringBuilder(text.length() + 3).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                out.append("    ");
            } else if (!isControl(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean isControl(char c) {
        return c < ' ' || c == DELETE;
    }
}
