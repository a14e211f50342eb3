package dev.internalevents.protocol;

/**
 * Makes untrusted text safe for a log line: on one line, without characters that move a terminal's cursor or change the
 * text direction, and of limited length.
 */
public final class Printable {

    private static final int MAX = 200;

    private Printable() {}

    /**
     * Returns at most 200 characters of the text, with escapes for control and format characters and line separators.
     */
    public static String of(String text) {
        int end = Math.min(MAX, text.length());
        int plain = 0;
        while (plain < end && isPlain(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder printable = new StringBuilder(end + 40).append(text, 0, plain);
        for (int i = plain; i < end; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                printable.append(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                printable.append(c).append(text.charAt(++i));
            } else {
                printable.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : escape(c));
            }
        }
        return end == text.length() ? printable.toString() : printable + "… (" + text.length() + " characters)";
    }

    /** Returns the whole text, with each control and format character and line separator replaced. */
    public static String of(String text, String replacement) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                printable.append(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                printable.append(c).append(text.charAt(++i));
            } else {
                printable.append(replacement);
            }
        }
        return printable.toString();
    }

    private static String escape(char c) {
        return String.format("\\u%04x", (int) c);
    }

    private static boolean isPlain(char c) {
        if (c < 0x80) {
            return c >= 0x20 && c != 0x7f;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
