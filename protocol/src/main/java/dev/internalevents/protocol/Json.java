package dev.internalevents.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain immutable Java values: {@code Map<String, Object>} (in the order of the text), {@code List<Object>},
 * {@code String}, {@code Long}, {@code BigInteger}, {@code BigDecimal}, {@code Double}, {@code Boolean} and null.
 */
public final class Json {

    /** The maximum nesting of objects and arrays: {@value}. */
    public static final int MAX_DEPTH = 200;

    /**
     * The maximum nesting of objects and arrays in the contexts of an event and in a self-describing event, including
     * the envelope: {@value}. Source: {@code validation.maxJsonDepth} of Snowplow's enrich.
     */
    public static final int MAX_ENTITY_DEPTH = 40;

    /**
     * The maximum number of names, values and brackets in the contexts of an event or in a self-describing event:
     * {@value}. Each takes up to 100 bytes of memory while the event is processed, but as little as two bytes of the
     * request.
     */
    public static final int MAX_ENTITY_TOKENS = 1_000_000;

    private Json() {}

    /**
     * Parses one JSON value.
     *
     * @throws MalformedPayloadException if the text is not exactly one JSON value, is nested deeper than
     *     {@value #MAX_DEPTH}, contains a number that has more than 400 digits or is too large, or contains half a
     *     surrogate pair
     */
    public static @Nullable Object parse(String text) {
        return JsonReader.VALUE.read(text);
    }

    /**
     * Parses one JSON value from UTF-8.
     *
     * @throws MalformedPayloadException as {@link #parse(String)}, and if the bytes are not UTF-8
     */
    public static @Nullable Object parse(byte[] utf8) {
        return JsonReader.VALUE.read(utf8);
    }

    /**
     * Parses the contexts of an event, or a self-describing event.
     *
     * @throws MalformedPayloadException as {@link #parse(String)}, and if it is nested deeper than
     *     {@value #MAX_ENTITY_DEPTH} or has more than {@value #MAX_ENTITY_TOKENS} names, values and brackets
     */
    static @Nullable Object parseEntity(String text) {
        return JsonReader.ENTITY.read(text);
    }

    /**
     * Parses the contexts of an event, or a self-describing event, from base64; see {@link Base64Text}.
     *
     * @throws MalformedPayloadException as {@link #parseEntity(String)}, and if the bytes are not UTF-8
     */
    static @Nullable Object parseEntityFromBase64(String base64) {
        try {
            return JsonReader.ENTITY.read(Base64Text.decode(base64));
        } catch (MalformedPayloadException e) {
            throw new MalformedPayloadException("after base64 decoding: " + e.getMessage(), e);
        }
    }

    /**
     * Parses the body of a request as far as events need it. Of a parameter that is not a string, only the kind is
     * read; half a surrogate pair is replaced by U+FFFD. So no value of one event can make the others unreadable.
     *
     * @throws MalformedPayloadException if the bytes are not exactly one JSON value in UTF-8, or are nested more than
     *     10,000 levels deep
     */
    static @Nullable Object parsePayload(byte[] utf8) {
        return JsonReader.PAYLOAD.read(utf8);
    }

    /**
     * Returns the text of each element of an array, so that an element that {@link #parse(String)} rejects does not
     * make the others unreadable.
     *
     * @throws MalformedPayloadException if the text is not exactly one JSON array, or is nested more than 10,000 levels
     *     deep
     */
    public static List<String> elements(String array) {
        return JsonReader.PAYLOAD.elements(array);
    }

    /** Returns the value as compact JSON; see {@link JsonWriter#value} for the accepted types. */
    public static String write(@Nullable Object value) {
        return new JsonWriter().value(value).toString();
    }

    /**
     * Decodes UTF-8 strictly.
     *
     * @throws MalformedPayloadException with the position of the first byte that is not valid UTF-8
     */
    public static String text(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        // Invalid bytes become U+FFFD, which may also be in the input: only then decode strictly.
        return text.indexOf('\ufffd') < 0 ? text : strictly(utf8);
    }

    private static String strictly(byte[] utf8) {
        ByteBuffer in = ByteBuffer.wrap(utf8);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(in)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedPayloadException("not UTF-8: byte " + in.position() + " is not part of a character", e);
        }
    }

    /**
     * Returns an immutable copy of an application's value, as JSON represents it. Keys become strings; arrays and
     * collections become lists. A {@link Number} becomes a number, a string if it has more than 400 digits, or null if
     * it is NaN or infinite. An {@link java.util.Optional} becomes its content, dates and calendars become ISO-8601 in
     * UTC, and other objects become their {@code toString()}.
     *
     * <p>Exceptions and errors of application code, such as a {@code toString()} or an iterator, are not propagated: a
     * short text replaces the value. Only errors for which {@link ForeignCode#isFatal} is true are rethrown. The copy
     * has at most {@value ValueCopy#DEFAULT_MAX_VALUES} values and about {@value ValueCopy#DEFAULT_MAX_BYTES} bytes, in
     * at most 32 levels. A short text replaces what exceeds these limits, and {@code "(a cycle)"} replaces a container
     * inside itself. A string, and a value returned by {@link #parse(String)}, {@link #immutable} or this method, is
     * returned as it is.
     */
    public static @Nullable Object copyOf(@Nullable Object value) {
        if (value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Parsed.ParsedObject
                || value instanceof Parsed.ParsedArray) {
            // Tests the classes, not their interface: alternating interface checks defeat the JVM's type-check cache.
            return value;
        } else if (value instanceof Integer number) {
            return number.longValue();
        }
        return new ValueCopy(ValueCopy.DEFAULT_MAX_VALUES, ValueCopy.DEFAULT_MAX_BYTES).of(value);
    }

    /**
     * Marks a tree as an immutable tree of {@link Json}, so that it is never copied, however large it is. The caller
     * must not change it afterwards.
     *
     * @param tree maps with string keys, lists, strings, JSON numbers, booleans and null
     */
    @SuppressWarnings("unchecked")
    public static @Nullable Object immutable(@Nullable Object tree) {
        if (tree instanceof Parsed.ParsedObject || tree instanceof Parsed.ParsedArray) {
            return tree;
        } else if (tree instanceof Map<?, ?> map) {
            return new Parsed.ParsedObject((Map<String, @Nullable Object>) map);
        } else if (tree instanceof List<?> list) {
            return new Parsed.ParsedArray((List<@Nullable Object>) list);
        }
        return tree;
    }
}
