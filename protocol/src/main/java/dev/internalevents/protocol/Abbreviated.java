package dev.internalevents.protocol;

/** Keeps an untrusted text short enough for an error message. */
final class Abbreviated {

    private static final int MAX = 200;

    static String of(String text) {
        return text.length() <= MAX ? text : text.substring(0, MAX) + "… (" + text.length() + " characters)";
    }

    private Abbreviated() {}
}
