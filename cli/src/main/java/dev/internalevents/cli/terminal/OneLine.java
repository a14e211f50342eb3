package dev.internalevents.cli.terminal;

import dev.internalevents.protocol.Printable;

/** Text from elsewhere as one line without control characters, which a terminal would execute. */
public final class OneLine {

    private OneLine() {}

    /** Returns the text with a space for each control character. */
    public static String of(String text) {
        return Printable.of(text, " ");
    }

    /** Returns the same, cut to a maximum length. */
    public static String of(String text, int maxLength) {
        String line = of(text);
        return line.length() <= maxLength ? line : line.substring(0, maxLength - 1) + "…";
    }
}
