package dev.internalevents.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON text as UTF-8 into a growing buffer. Writes commas itself; the caller opens and closes objects and arrays.
 *
 * <p>A strict parser accepts the result for any input: half a surrogate pair, which UTF-8 cannot encode, becomes U+FFFD, and
 * a number that JSON cannot represent (NaN, infinities) becomes {@code null}. Not thread-safe.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final short[] BASE64_PAIRS = base64Pairs();
    private static final VarHandle TWO_BYTES =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] NOTHING = {};
    private static final int MAX_KEPT = 4 << 20;
    private static final int LONG_TEXT = 16 << 10;

    private static short[] base64Pairs() {
        short[] pairs = new short[64 * 64];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (short) (BASE64[i >>> 6] << 8 | BASE64[i & 0x3f]);
        }
        return pairs;
    }

    private byte[] bytes;
    private int length;
    private boolean afterValue;

    public JsonWriter() {
        this(512);
    }

    /** @param capacity the initial capacity in bytes, 1 or more */
    public JsonWriter(int capacity) {
        this.bytes = new byte[Math.max(1, capacity)];
    }

    public JsonWriter beginObject() {
        return open('{');
    }

    public JsonWriter endObject() {
        return close('}');
    }

    public JsonWriter beginArray() {
        return open('[');
    }

    public JsonWriter endArray() {
        return close(']');
    }

    /** Writes the name of the next value. */
    public JsonWriter name(String name) {
        separate();
        quoted(name);
        put(':');
        afterValue = false;
        return this;
    }

    public JsonWriter string(String value) {
        separate();
        quoted(value);
        afterValue = true;
        return this;
    }

    public JsonWriter number(long value) {
        if (value < 0) {
            return ascii(Long.toString(value));
        }
        separate();
        int digits = countOfDigits(value);
        ensure(digits);
        digitsAt(length, digits, value);
        length += digits;
        afterValue = true;
        return this;
    }

    public JsonWriter number(double value) {
        return Double.isFinite(value) ? ascii(Double.toString(value)) : nullValue();
    }

    public JsonWriter bool(boolean value) {
        return token(value ? TRUE : FALSE);
    }

    public JsonWriter nullValue() {
        return token(NULL);
    }

    /** Writes one complete JSON value that is already encoded. */
    public JsonWriter encoded(byte[] json) {
        return token(json);
    }

    /** Writes the content of another writer as a string in URL-safe base64 without padding. */
    public JsonWriter base64(JsonWriter content) {
        return base64(NOTHING, content);
    }

    /**
     * Writes a string in URL-safe base64 without padding, the beginning of which is already encoded.
     *
     * @param encoded the base64 of the beginning, which must be a multiple of three bytes
     * @param rest the bytes that follow it, not encoded yet
     */
    public JsonWriter base64(byte[] encoded, JsonWriter rest) {
        separate();
        ensure(2L + encoded.length + (rest.length * 4L + 2) / 3);
        bytes[length++] = '"';
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length = encodeBase64(rest.bytes, rest.length, bytes, length + encoded.length);
        bytes[length++] = '"';
        afterValue = true;
        return this;
    }

    private static int encodeBase64(byte[] from, int count, byte[] to, int start) {
        int at = start;
        int i = 0;
        for (; i + 2 < count; i += 3) {
            int group = (from[i] & 0xff) << 16 | (from[i + 1] & 0xff) << 8 | (from[i + 2] & 0xff);
            TWO_BYTES.set(to, at, BASE64_PAIRS[group >>> 12]);
            TWO_BYTES.set(to, at + 2, BASE64_PAIRS[group & 0xfff]);
            at += 4;
        }
        if (count - i == 1) {
            to[at++] = BASE64[(from[i] & 0xff) >>> 2];
            to[at++] = BASE64[(from[i] & 0x03) << 4];
        } else if (count - i == 2) {
            int group = (from[i] & 0xff) << 8 | (from[i + 1] & 0xff);
            to[at++] = BASE64[group >>> 10];
            to[at++] = BASE64[group >>> 4 & 0x3f];
            to[at++] = BASE64[(group & 0x0f) << 2];
        }
        return at;
    }

    /** Writes a UUID as a string. */
    public JsonWriter uuid(long mostSignificantBits, long leastSignificantBits) {
        separate();
        ensure(38);
        bytes[length++] = '"';
        hex(mostSignificantBits >>> 32, 8);
        bytes[length++] = '-';
        hex(mostSignificantBits >>> 16, 4);
        bytes[length++] = '-';
        hex(mostSignificantBits, 4);
        bytes[length++] = '-';
        hex(leastSignificantBits >>> 48, 4);
        bytes[length++] = '-';
        hex(leastSignificantBits, 12);
        bytes[length++] = '"';
        afterValue = true;
        return this;
    }

    private void hex(long value, int digits) {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 0xf];
        }
    }

    /**
     * Writes the decimal digits of a number as a string.
     *
     * @param value 0 or more
     */
    public JsonWriter digits(long value) {
        int digits = countOfDigits(value);
        separate();
        ensure(digits + 2);
        bytes[length] = '"';
        digitsAt(length + 1, digits, value);
        bytes[length + digits + 1] = '"';
        length += digits + 2;
        afterValue = true;
        return this;
    }

    private static int countOfDigits(long value) {
        int digits = 1;
        for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }

    void digitsAt(int at, int digits, long value) {
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** Writes an encoded part of a text that ends where a value must follow. */
    public JsonWriter fragment(byte[] json) {
        return raw(json, 0, json.length);
    }

    /**
     * Appends bytes directly after what was written last.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public JsonWriter raw(byte[] source, int from, int count) {
        ensure(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        afterValue = false;
        return this;
    }

    void raw(byte one) {
        ensure(1);
        bytes[length++] = one;
        afterValue = false;
    }

    /** Reserves space for bytes that the caller puts into {@link #array()}, starting at the returned index. */
    public int reserve(int count) {
        ensure(count);
        int at = length;
        length += count;
        afterValue = false;
        return at;
    }

    /** Discards what was written. Reuses the buffer unless a large text has grown it beyond 4 MiB. */
    public JsonWriter reset() {
        return reset(0);
    }

    /** Returns what was written since the last call and empties the buffer; writing continues the same text. */
    public byte[] take() {
        byte[] taken = toByteArray();
        boolean after = afterValue;
        reset();
        afterValue = after;
        return taken;
    }

    JsonWriter reset(int free) {
        if (bytes.length > MAX_KEPT) {
            bytes = new byte[Math.max(free, 4096)];
        }
        length = free;
        afterValue = false;
        return this;
    }

    void cut(int to) {
        length = to;
        afterValue = false;
    }

    /** Returns the buffer, of which the first {@link #length()} bytes are written. Further writes may replace it. */
    public byte[] array() {
        return bytes;
    }

    /**
     * Writes a tree of maps, lists, strings, numbers, booleans and null, as {@link Json#parse} and {@link Json#copyOf} return
     * it.
     *
     * @throws IllegalArgumentException for any other type
     */
    public JsonWriter value(@Nullable Object value) {
        if (value == null) {
            return nullValue();
        } else if (value instanceof String text) {
            return string(text);
        } else if (value instanceof Long number) {
            return number(number.longValue());
        } else if (value instanceof Boolean bool) {
            return bool(bool);
        } else if (value instanceof Map<?, ?> map) {
            beginObject();
            map.forEach((key, item) -> name((String) key).value(item));
            return endObject();
        } else if (value instanceof List<?> list) {
            beginArray();
            list.forEach(this::value);
            return endArray();
        } else if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue());
        } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return number(((Number) value).longValue());
        } else if (value instanceof BigInteger number) {
            return ascii(Digits.of(number));
        } else if (value instanceof BigDecimal number) {
            return ascii(Digits.of(number));
        }
        throw new IllegalArgumentException(
                "cannot be written as JSON: " + value.getClass().getName());
    }

    /** Returns the number of bytes written so far. */
    public int length() {
        return length;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private JsonWriter open(char bracket) {
        separate();
        put(bracket);
        afterValue = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        put(bracket);
        afterValue = true;
        return this;
    }

    private void separate() {
        if (afterValue) {
            put(',');
        }
    }

    private JsonWriter ascii(String text) {
        return token(text.getBytes(StandardCharsets.US_ASCII));
    }

    private JsonWriter token(byte[] token) {
        separate();
        put(token, token.length);
        afterValue = true;
        return this;
    }

    private void quoted(String text) {
        int chars = text.length();
        // A char takes at most six bytes, as a \\u escape. For long text it pays to count the bytes exactly.
        ensure((chars > LONG_TEXT ? encodedBytes(text, Long.MAX_VALUE) : chars * 6L) + 2);
        byte[] out = bytes;
        int at = length;
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
        length = at;
    }

    /**
     * Returns the number of bytes that a text takes between its quotes.
     *
     * @param enough counting may stop once the result exceeds this number
     */
    static long encodedBytes(String text, long enough) {
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

    /**
     * Returns the number of bytes that {@link #value} writes for a tree, or a few more.
     *
     * @param enough counting may stop once the result exceeds this number
     */
    public static long size(@Nullable Object tree, long enough) {
        if (tree instanceof String text) {
            return 2 + encodedBytes(text, enough);
        } else if (tree instanceof Map<?, ?> map) {
            long sum = 2;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (sum > enough) {
                    break;
                }
                sum += 4 + encodedBytes((String) entry.getKey(), enough - sum);
                sum += size(entry.getValue(), enough - sum);
            }
            return sum;
        } else if (tree instanceof List<?> list) {
            long sum = 2;
            for (Object item : list) {
                if (sum > enough) {
                    break;
                }
                sum += 1 + size(item, enough - sum);
            }
            return sum;
        }
        if (tree instanceof BigInteger number) {
            return Digits.count(number);
        } else if (tree instanceof BigDecimal number) {
            return Digits.count(number);
        }
        return tree == null ? NULL.length : tree.toString().length();
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

    private void put(char c) {
        ensure(1);
        bytes[length++] = (byte) c;
    }

    private void put(byte[] source, int count) {
        ensure(count);
        System.arraycopy(source, 0, bytes, length, count);
        length += count;
    }

    private void ensure(long more) {
        long needed = length + more;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("a JSON text of " + needed + " bytes does not fit into memory");
            }
            // Doubles small buffers and grows large ones by a quarter: the old array stays in memory during the copy.
            long grown = bytes.length + (long) (bytes.length > MAX_KEPT ? bytes.length / 4 : bytes.length);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(grown, Integer.MAX_VALUE - 8)));
        }
    }
}
