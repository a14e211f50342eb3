package dev.internalevents.protocol;

import java.util.Arrays;

/**
 * Base64 as trackers send it: standard or URL-safe alphabet, with or without padding. A space counts as {@code +},
 * which is what a {@code +} in a query string turns into when its sender did not escape it.
 */
final class Base64Text {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /** The six bits of each character; -1 for one that has none. */
    private static final byte[] BITS = bits();

    private Base64Text() {}

    private static byte[] bits() {
        byte[] bits = new byte[0x80];
        Arrays.fill(bits, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            bits[ALPHABET.charAt(i)] = (byte) i;
        }
        bits['-'] = bits['+'];
        bits[' '] = bits['+'];
        bits['_'] = bits['/'];
        return bits;
    }

    /** @throws MalformedPayloadException when the text is not base64 of UTF-8 */
    static byte[] decode(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        if (text.length() - end > 2) {
            throw new MalformedPayloadException("not base64: more than two padding characters at the end");
        }
        if (end % 4 == 1) {
            check(text, end);
            throw new MalformedPayloadException("not base64: it ends in the middle of a byte");
        }
        byte[] bytes = new byte[(int) (end * 3L / 4)];
        int at = 0;
        int i = 0;
        for (; i + 4 <= end; i += 4) {
            int four =
                    bitsAt(text, i) << 18 | bitsAt(text, i + 1) << 12 | bitsAt(text, i + 2) << 6 | bitsAt(text, i + 3);
            bytes[at++] = (byte) (four >> 16);
            bytes[at++] = (byte) (four >> 8);
            bytes[at++] = (byte) four;
        }
        if (i < end) {
            int last = bitsAt(text, i) << 18 | bitsAt(text, i + 1) << 12 | (i + 2 < end ? bitsAt(text, i + 2) << 6 : 0);
            bytes[at++] = (byte) (last >> 16);
            if (at < bytes.length) {
                bytes[at] = (byte) (last >> 8);
            }
        }
        return bytes;
    }

    private static void check(String text, int end) {
        for (int i = 0; i < end; i++) {
            bitsAt(text, i);
        }
    }

    private static int bitsAt(String text, int index) {
        char c = text.charAt(index);
        int bits = c < BITS.length ? BITS[c] : -1;
        if (bits < 0) {
            throw new MalformedPayloadException(
                    "not base64: character " + index + " (U+" + String.format("%04X", (int) c) + ")");
        }
        return bits;
    }
}
