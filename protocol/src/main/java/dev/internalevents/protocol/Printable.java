package dev.internalevents.protocol;

/**
 * Texts that came from outside, as a line of a log may hold them: on one line, without what moves a terminal's cursor or
 * turns the text around, and not too long.
 */
public final class Printable {

    private static final int MAX = 200;

    private Printable() {}

    /** The text with escapes for control and format characters and line separators; 200 characters of it at most. */
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

    /** The whole text, with {@code instead} for each control and format character and line separator. */
    public static String of(String text, String instead) {
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
                printable.append(instead);
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
