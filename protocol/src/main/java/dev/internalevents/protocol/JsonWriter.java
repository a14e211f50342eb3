package dev.internalevents.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON text as UTF-8 into a growing buffer. Writes commas itself; the caller opens and closes objects and
 * arrays.
 *
 * <p>A strict parser accepts the result for any input: half a surrogate pair, which UTF-8 cannot encode, becomes
 * U+FFFD, and a number that JSON cannot represent (NaN, infinities) becomes {@code null}. Not thread-safe.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NOTHING = {};
    private static final int MAX_KEPT = 4 << 20;
    private static final int LONG_TEXT = 16 << 10;

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
        int digits = Digits.count(value);
        ensure(digits);
        Digits.write(value, digits, bytes, length);
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
        length = Base64Text.encode(rest.bytes, rest.length, bytes, length + encoded.length);
        bytes[length++] = '"';
        afterValue = true;
        return this;
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
        int digits = Digits.count(value);
        separate();
        ensure(digits + 2);
        bytes[length] = '"';
        Digits.write(value, digits, bytes, length + 1);
        bytes[length + digits + 1] = '"';
        length += digits + 2;
        afterValue = true;
        return this;
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

    /**
     * Writes a tree of maps, lists, strings, numbers, booleans and null, as {@link Json#parse} and {@link Json#copyOf}
     * return it.
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

    /** Returns the buffer, of which the first {@link #length()} bytes are written. Further writes may replace it. */
    public byte[] array() {
        return bytes;
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

    /**
     * Returns the number of bytes that {@link #value} writes for a tree.
     *
     * @param enough counting may stop once the result exceeds this number; a higher result is not exact
     */
    public static long size(@Nullable Object tree, long enough) {
        if (tree instanceof String text) {
            return 2 + JsonText.bytes(text, enough);
        } else if (tree instanceof Map<?, ?> map) {
            // Each entry counts its comma, which the last one does not have.
            long sum = map.isEmpty() ? 2 : 1;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (sum > enough) {
                    break;
                }
                sum += 4 + JsonText.bytes((String) entry.getKey(), enough - sum);
                sum += size(entry.getValue(), enough - sum);
            }
            return sum;
        } else if (tree instanceof List<?> list) {
            long sum = list.isEmpty() ? 2 : 1;
            for (Object item : list) {
                if (sum > enough) {
                    break;
                }
                sum += 1 + size(item, enough - sum);
            }
            return sum;
        }
        if (tree instanceof Boolean bool) {
            return bool ? TRUE.length : FALSE.length;
        } else if (tree instanceof BigInteger number) {
            return Digits.length(number);
        } else if (tree instanceof BigDecimal number) {
            return Digits.length(number);
        } else if (tree instanceof Double || tree instanceof Float) {
            double number = ((Number) tree).doubleValue();
            return Double.isFinite(number) ? Double.toString(number).length() : NULL.length;
        }
        return tree == null ? NULL.length : tree.toString().length();
    }

    /** Returns the number of bytes that {@link #base64(JsonWriter)} writes between the quotes for a number of bytes. */
    public static long base64Size(long bytes) {
        return (bytes * 4 + 2) / 3;
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

    void digitsAt(int at, int digits, long value) {
        Digits.write(value, digits, bytes, at);
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
        ensure((chars > LONG_TEXT ? JsonText.bytes(text, Long.MAX_VALUE) : chars * 6L) + 2);
        length = JsonText.write(text, bytes, length);
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
