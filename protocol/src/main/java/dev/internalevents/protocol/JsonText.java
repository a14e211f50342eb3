package dev.internalevents.protocol;

import java.nio.charset.StandardCharsets;

/** Writes strings of JSON as UTF-8, for {@link JsonWriter}; half a surrogate pair becomes U+FFFD. */
final class JsonText {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /**
     * Writes a text with its quotes.
     *
     * @param out must have room for six bytes per char and the quotes, or for as many as {@link #bytes} returns
     * @param start where to begin in {@code out}
     * @return the index after the last byte written
     */
    static int write(String text, byte[] out, int start) {
        int chars = text.length();
        int at = start;
        out[at++] = '"';
        int i = 0;
        // Hot loop: almost all text is plain ASCII.
        for (; i < chars; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
                break;
            }
            out[at++] = (byte) c;
        }
        for (; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                out[at++] = (byte) c;
            } else if (c < 0x80) {
                at = escaped(c, out, at);
            } else if (c < 0x800) {
                out[at++] = (byte) (0xc0 | (c >> 6));
                out[at++] = (byte) (0x80 | (c & 0x3f));
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                int code = Character.toCodePoint(c, text.charAt(++i));
                out[at++] = (byte) (0xf0 | (code >> 18));
                out[at++] = (byte) (0x80 | (code >> 12 & 0x3f));
                out[at++] = (byte) (0x80 | (code >> 6 & 0x3f));
                out[at++] = (byte) (0x80 | (code & 0x3f));
            } else {
                int code = Character.isSurrogate(c) ? 0xfffd : c;
                out[at++] = (byte) (0xe0 | (code >> 12));
                out[at++] = (byte) (0x80 | (code >> 6 & 0x3f));
                out[at++] = (byte) (0x80 | (code & 0x3f));
            }
        }
        out[at++] = '"';
        return at;
    }

    private static int escaped(char c, byte[] out, int start) {
        int at = start;
        out[at++] = '\\';
        switch (c) {
            case '"', '\\' -> out[at++] = (byte) c;
            case '\n' -> out[at++] = 'n';
            case '\r' -> out[at++] = 'r';
            case '\t' -> out[at++] = 't';
            default -> {
                out[at++] = 'u';
                out[at++] = '0';
                out[at++] = '0';
                out[at++] = HEX[c >> 4];
                out[at++] = HEX[c & 0xf];
            }
        }
        return at;
    }

    /**
     * Returns the number of bytes that a text takes between its quotes.
     *
     * @param enough counting may stop once the result exceeds this number
     */
    static long bytes(String text, long enough) {
        long sum = 0;
        int chars = text.length();
        for (int i = 0; i < chars && sum <= enough; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f) {
                sum += c == '"' || c == '\\' ? 2 : 1;
            } else if (c < 0x80) {
                sum += c == '\n' || c == '\r' || c == '\t' ? 2 : 6;
            } else if (c < 0x800) {
                sum += 2;
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                sum += 4;
                i++;
            } else {
                sum += 3;
            }
        }
        return sum;
    }
}
