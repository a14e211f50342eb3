package dev.internalevents.protocol;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as plain immutable Java values: {@code Map<String, Object>} (in the order of the text), {@code List<Object>},
 * {@code String}, {@code Long}, {@code BigInteger}, {@code BigDecimal}, {@code Double}, {@code Boolean} and null.
 */
public final class Json {

    /** The maximum nesting of objects and arrays: {@value}. */
    public static final int MAX_DEPTH = 200;

    /**
     * The maximum nesting of objects and arrays in the contexts of an event and in a self-describing event, including the
     * envelope: {@value}. Source: {@code validation.maxJsonDepth} of Snowplow's enrich.
     */
    public static final int MAX_ENTITY_DEPTH = 40;

    /**
     * The maximum number of names, values and brackets in the contexts of an event or in a self-describing event: {@value}.
     * Each takes up to 100 bytes of memory while the event is processed, but as little as two bytes of the request.
     */
    public static final int MAX_ENTITY_TOKENS = 1_000_000;

    private static final int MAX_NUMBER_LENGTH = 400;

    /** Matches the part of the parser's message that names the exceeded limit. */
    private static final Pattern MOST = Pattern.compile("maximum allowed \\((\\d+)");

    private static final JsonFactory FACTORY = factory(MAX_DEPTH, -1);
    private static final JsonFactory ENTITY_FACTORY = factory(MAX_ENTITY_DEPTH, MAX_ENTITY_TOKENS);

    /** The levels of a payload: the envelope, its array, an event. */
    private static final int PAYLOAD_LEVELS = 3;

    private static final JsonFactory PAYLOAD_FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(10_000)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    private static JsonFactory factory(int depth, long tokens) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxTokenCount(tokens)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /**
     * Parses one JSON value.
     *
     * @throws MalformedPayloadException if the text is not exactly one JSON value, is nested deeper than {@value
     *     #MAX_DEPTH}, contains a number that has more than 400 digits or is too large, or contains half a surrogate pair
     */
    public static @Nullable Object parse(String text) {
        return parse(FACTORY, text, true, Integer.MAX_VALUE);
    }

    private static @Nullable Object parse(JsonFactory factory, String text, boolean doubtful, int levels) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedPayloadException("not JSON: the text is empty");
            }
            Object value = read(parser, first, doubtful, levels);
            if (parser.nextToken() != null) {
                throw new MalformedPayloadException("not JSON: more text after the end of the value, at character "
                        + parser.currentTokenLocation().getCharOffset());
            }
            return value;
        } catch (JacksonException e) {
            throw new MalformedPayloadException(describe(e), e);
        } catch (NumberFormatException e) {
            throw new MalformedPayloadException("not JSON: a number is too large", e);
        }
    }

    /**
     * Parses one JSON value from UTF-8.
     *
     * @throws MalformedPayloadException as {@link #parse(String)}, and if the bytes are not UTF-8
     */
    public static @Nullable Object parse(byte[] utf8) {
        String text = text(utf8);
        return parse(FACTORY, text, mayHaveHalves(text), Integer.MAX_VALUE);
    }

    /**
     * Parses the contexts of an event, or a self-describing event.
     *
     * @throws MalformedPayloadException as {@link #parse(String)}, and if it is nested deeper than {@value
     *     #MAX_ENTITY_DEPTH} or has more than {@value #MAX_ENTITY_TOKENS} names, values and brackets
     */
    static @Nullable Object parseEntity(String text) {
        return parse(ENTITY_FACTORY, text, true, Integer.MAX_VALUE);
    }

    /**
     * Parses the contexts of an event, or a self-describing event, from base64; see {@link Base64Text}.
     *
     * @throws MalformedPayloadException as {@link #parseEntity(String)}, and if the bytes are not UTF-8
     */
    static @Nullable Object parseEntityFromBase64(String base64) {
        try {
            String text = text(Base64Text.decode(base64));
            return parse(ENTITY_FACTORY, text, mayHaveHalves(text), Integer.MAX_VALUE);
        } catch (MalformedPayloadException e) {
            throw new MalformedPayloadException("after base64 decoding: " + e.getMessage(), e);
        }
    }

    /**
     * Parses the body of a request as far as events need it. Of a parameter that is not a string, only the kind is read;
     * half a surrogate pair is replaced by U+FFFD. So no value of one event can make the others unreadable.
     *
     * @throws MalformedPayloadException if the bytes are not exactly one JSON value in UTF-8, or are nested more than 10,000
     *     levels deep
     */
    static @Nullable Object parsePayload(byte[] utf8) {
        String text = text(utf8);
        return parse(PAYLOAD_FACTORY, mayHaveHalves(text) ? withoutHalves(text) : text, false, PAYLOAD_LEVELS);
    }

    /**
     * Returns the text of each element of an array, so that an element that {@link #parse(String)} rejects does not make the
     * others unreadable.
     *
     * @throws MalformedPayloadException if the text is not exactly one JSON array, or is nested more than 10,000 levels deep
     */
    public static List<String> elements(String array) {
        try (JsonParser parser = PAYLOAD_FACTORY.createParser(ObjectReadContext.empty(), array)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new MalformedPayloadException("not a JSON array");
            }
            List<String> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int from = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                // Reads a string or a number to its end.
                parser.getString();
                elements.add(
                        array.substring(from, (int) parser.currentLocation().getCharOffset()));
            }
            if (parser.nextToken() != null) {
                throw new MalformedPayloadException("not JSON: more text after the end of the value, at character "
                        + parser.currentTokenLocation().getCharOffset());
            }
            return elements;
        } catch (JacksonException e) {
            throw new MalformedPayloadException(describe(e), e);
        }
    }

    /** Returns whether escapes may produce half a surrogate pair; text decoded from UTF-8 contains none otherwise. */
    private static boolean mayHaveHalves(String text) {
        return text.contains("\\u");
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
     * collections become lists. A {@link Number} becomes a number, a string if it has more than 400 digits, or null if it is
     * NaN or infinite. An {@link java.util.Optional} becomes its content, dates and calendars become ISO-8601 in UTC, and
     * other objects become their {@code toString()}.
     *
     * <p>Exceptions and errors of application code, such as a {@code toString()} or an iterator, are not propagated: a short
     * text replaces the value. Only errors for which {@link ForeignCode#isFatal} is true are rethrown. The copy has at most
     * {@value ValueCopy#DEFAULT_MAX_VALUES} values and about {@value ValueCopy#DEFAULT_MAX_BYTES} bytes, in at most 32 levels.
     * A short text replaces what exceeds these limits, and {@code "(a cycle)"} replaces a container inside itself. A string,
     * and a value returned by {@link #parse(String)}, {@link #immutable} or this method, is returned as it is.
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
     * Marks a tree as an immutable tree of {@link Json}, so that it is never copied, however large it is. The caller must not
     * change it afterwards.
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

    /** @param levels how many levels of objects and arrays to read; of deeper ones, and of numbers there, only the kind is read */
    private static @Nullable Object read(JsonParser parser, JsonToken token, boolean doubtful, int levels) {
        return switch (token) {
            case START_OBJECT -> {
                // The object of an event has more than a dozen parameters.
                Map<String, @Nullable Object> object = new LinkedHashMap<>(levels == 1 ? 32 : 16);
                if (levels == 0) {
                    parser.skipChildren();
                    yield new Parsed.ParsedObject(object);
                }
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = whole(parser.currentName(), doubtful);
                    object.put(name, read(parser, parser.nextToken(), doubtful, levels - 1));
                }
                yield new Parsed.ParsedObject(object);
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                if (levels == 0) {
                    parser.skipChildren();
                    yield new Parsed.ParsedArray(array);
                }
                for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                    array.add(read(parser, item, doubtful, levels - 1));
                }
                yield new Parsed.ParsedArray(array);
            }
            case VALUE_STRING -> whole(parser.getString(), doubtful);
            case VALUE_NUMBER_INT -> levels <= PAYLOAD_LEVELS ? 0L : integer(parser);
            case VALUE_NUMBER_FLOAT -> levels <= PAYLOAD_LEVELS ? 0L : parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new MalformedPayloadException("not JSON: unexpected " + token);
        };
    }

    private static Number integer(JsonParser parser) {
        if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        BigInteger value = parser.getBigIntegerValue();
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }

    private static String whole(String text, boolean doubtful) {
        for (int i = 0; doubtful && i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw new MalformedPayloadException(String.format(
                            "not Unicode: half a surrogate pair (\\u%04x) at character %d of the string \"%s\"",
                            (int) c, i, Abbreviated.of(text.replace(c, '\ufffd'))));
                }
            }
        }
        return text;
    }

    /** Returns the JSON text with each escape of half a surrogate pair replaced by the escape of U+FFFD. */
    private static String withoutHalves(String json) {
        char[] text = json.toCharArray();
        int i = 0;
        while (i < text.length) {
            if (text[i] != '\\') {
                i++;
                continue;
            }
            int unit = escaped(text, i);
            if (unit < 0) {
                i += 2;
            } else if (Character.isHighSurrogate((char) unit)
                    && Character.isLowSurrogate((char) Math.max(0, escaped(text, i + 6)))) {
                i += 12;
            } else {
                if (Character.isSurrogate((char) unit)) {
                    "fffd".getChars(0, 4, text, i + 2);
                }
                i += 6;
            }
        }
        return new String(text);
    }

    /** Returns the UTF-16 unit that the escape at this index stands for; -1 if there is no escape. */
    private static int escaped(char[] text, int at) {
        if (at + 6 > text.length || text[at] != '\\' || text[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = 16 * unit + digit;
        }
        return unit;
    }

    private static String describe(JacksonException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        String what = "not JSON: " + message;
        Matcher limit = MOST.matcher(message);
        if (e instanceof StreamConstraintsException && limit.find()) {
            what = message.contains("depth")
                    ? "objects and arrays are nested deeper than " + limit.group(1) + " levels"
                    : message.contains("Token")
                            ? "it has more than " + limit.group(1) + " names, values and brackets"
                            : "a number has more than " + limit.group(1) + " characters";
        }
        return what
                + (e.getLocation() == null
                        ? ""
                        : " (line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr() + ")");
    }
}
