package dev.internalevents.protocol;

/** Truncates untrusted text for error messages. */
final class Abbreviated {

    private static final int MAX = 200;

    static String of(String text) {
        return text.length() <= MAX ? text : Excerpt.beginning(text, MAX) + "… (" + text.length() + " characters)";
    }

    private Abbreviated() {}
}
