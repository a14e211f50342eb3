package dev.internalevents.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Encodes base64 in the URL-safe alphabet without padding, and decodes it as trackers send it: the standard and the
 * URL-safe alphabet, also mixed, with or without padding. When decoding, other characters, such as the line ends of
 * MIME, are skipped, and everything after the first {@code =} is ignored. commons-codec, which Snowplow's pipeline
 * uses, does the same.
 */
public final class Base64Text {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /** The six bits of each character; -1 for a character outside the alphabet. */
    private static final byte[] BITS = bits();

    private static final byte[] URL_SAFE =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final short[] PAIRS = pairs();
    private static final VarHandle TWO_BYTES =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private Base64Text() {}

    private static short[] pairs() {
        short[] pairs = new short[64 * 64];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (short) (URL_SAFE[i >>> 6] << 8 | URL_SAFE[i & 0x3f]);
        }
        return pairs;
    }

    private static byte[] bits() {
        byte[] bits = new byte[0x80];
        Arrays.fill(bits, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            bits[ALPHABET.charAt(i)] = (byte) i;
        }
        bits['-'] = bits['+'];
        bits['_'] = bits['/'];
        return bits;
    }

    /**
     * Encodes the first bytes of an array.
     *
     * @param count how many bytes to encode
     * @param to must have room for {@code (4 * count + 2) / 3} characters after {@code start}
     * @return the index after the last character written
     */
    static int encode(byte[] from, int count, byte[] to, int start) {
        int at = start;
        int i = 0;
        for (; i + 2 < count; i += 3) {
            int group = (from[i] & 0xff) << 16 | (from[i + 1] & 0xff) << 8 | (from[i + 2] & 0xff);
            TWO_BYTES.set(to, at, PAIRS[group >>> 12]);
            TWO_BYTES.set(to, at + 2, PAIRS[group & 0xfff]);
            at += 4;
        }
        if (count - i == 1) {
            to[at++] = URL_SAFE[(from[i] & 0xff) >>> 2];
            to[at++] = URL_SAFE[(from[i] & 0x03) << 4];
        } else if (count - i == 2) {
            int group = (from[i] & 0xff) << 8 | (from[i + 1] & 0xff);
            to[at++] = URL_SAFE[group >>> 10];
            to[at++] = URL_SAFE[group >>> 4 & 0x3f];
            to[at++] = URL_SAFE[(group & 0x0f) << 2];
        }
        return at;
    }

    /** Returns the decoded bytes; an empty array if the text has no character of the alphabet. Never throws. */
    public static byte[] decode(String text) {
        Base64.@Nullable Decoder decoder = null;
        if (text.indexOf('+') < 0 && text.indexOf('/') < 0) {
            decoder = Base64.getUrlDecoder();
        } else if (text.indexOf('-') < 0 && text.indexOf('_') < 0) {
            decoder = Base64.getDecoder();
        }
        if (decoder != null) {
            try {
                // Up to ten times as fast as one by one: the JDK uses instructions that processors have for this.
                return decoder.decode(text);
            } catch (IllegalArgumentException e) {
                // A character outside the alphabet, or other padding than the JDK accepts.
            }
        }
        return decodeOneByOne(text, new byte[(int) (text.length() * 3L / 4)]);
    }

    private static byte[] decodeOneByOne(String text, byte[] bytes) {
        int at = 0;
        int group = 0;
        int count = 0;
        for (int i = 0; i < text.length() && text.charAt(i) != '='; i++) {
            int bits = bitsAt(text, i);
            if (bits >= 0) {
                group = group << 6 | bits;
                count++;
                if (count == 4) {
                    bytes[at++] = (byte) (group >> 16);
                    bytes[at++] = (byte) (group >> 8);
                    bytes[at++] = (byte) group;
                    group = 0;
                    count = 0;
                }
            }
        }
        if (count == 2) {
            bytes[at++] = (byte) (group >> 4);
        } else if (count == 3) {
            bytes[at++] = (byte) (group >> 10);
            bytes[at++] = (byte) (group >> 2);
        }
        return at == bytes.length ? bytes : Arrays.copyOf(bytes, at);
    }

    private static int bitsAt(String text, int index) {
        char c = text.charAt(index);
        return c < BITS.length ? BITS[c] : -1;
    }
}
