package dev.internalevents.collector.intake;

import org.jspecify.annotations.Nullable;

/** Parses a {@code Forwarded} line (RFC 7239) backwards: elements separated by commas, pairs by semicolons. */
final class ForwardedHeader {

    private static final String NAME = "for";

    private ForwardedHeader() {}

    /** Returns the index of the last comma before {@code end} that is not within quotes; -1 if there is none. */
    static int lastComma(String line, int end) {
        return last(line, ',', end);
    }

    /** Returns the value of the element's {@code for} pair; null if it has none. */
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

    /**
     * Ignores escapes: valid nodes never need one inside quotes, so an unbalanced quote can only be forged by a sender.
     */
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
