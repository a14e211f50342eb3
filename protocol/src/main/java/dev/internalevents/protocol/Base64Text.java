package dev.internalevents.protocol;

import java.util.Base64;
import java.util.BitSet;

/**
 * Base64 as trackers send it: standard or URL-safe alphabet, with or without padding. A space counts as {@code +},
 * which is what a {@code +} in a query string turns into when its sender did not escape it.
 */
final class Base64Text {

    private static final BitSet ALPHABET = new BitSet(0x80);

    static {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                .chars()
                .forEach(ALPHABET::set);
    }

    private Base64Text() {}

    /** @throws MalformedPayloadException when the text is not base64 of UTF-8 */
    static String decode(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        if (text.length() - end > 2) {
            throw new MalformedPayloadException("not base64: more than two padding characters at the end");
        }
        byte[] alphabet = new byte[end];
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            alphabet[i] = (byte)
                    switch (c) {
                        case '-', ' ' -> '+';
                        case '_' -> '/';
                        default -> {
                            if (c < 0x80 && ALPHABET.get(c)) {
                                yield c;
                            }
                            throw new MalformedPayloadException(
                                    "not base64: character " + i + " (U+" + String.format("%04X", (int) c) + ")");
                        }
                    };
        }
        try {
            return Json.text(Base64.getDecoder().decode(alphabet));
        } catch (IllegalArgumentException e) {
            throw new MalformedPayloadException("not base64: it ends in the middle of a byte", e);
        }
    }
}
