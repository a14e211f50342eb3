package dev.internalevents.collector.intake;

import org.jspecify.annotations.Nullable;

/** Reads a line of {@code Forwarded} (RFC 7239) from its end: elements between commas, pairs between semicolons. */
final class ForwardedHeader {

    private static final String NAME = "for";

    private ForwardedHeader() {}

    /** The last comma before a place that is not within quotes; -1 if there is none. */
    static int lastComma(String line, int end) {
        return last(line, ',', end);
    }

    /** The node that the element's {@code for} names, without quotes; null if the element names none. */
    static @Nullable String node(String element) {
        for (int end = element.length(); end >= 0; ) {
            int semicolon = last(element, ';', end);
            String pair = element.substring(semicolon + 1, end).strip();
            end = semicolon;
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(NAME)) {
                return pair.substring(equals + 1).strip();
            }
        }
        return null;
    }

    /** Quotes have nothing in them that would have to be escaped, so that an odd one is what a sender made up. */
    private static int last(String text, char separator, int end) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                return i;
            }
        }
        return -1;
    }
}
