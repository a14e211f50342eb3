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

    /** Objects and arrays inside one another, at most: {@value}. */
    public static final int MAX_DEPTH = 200;

    /**
     * Objects and arrays inside one another in the contexts of an event and in a self-describing event, the envelope
     * included, at most: {@value}. Source: {@code validation.maxJsonDepth} of Snowplow's enrich.
     */
    public static final int MAX_ENTITY_DEPTH = 40;

    /**
     * Names, values and brackets in the contexts of an event or in a self-describing event, at most: {@value}. Each takes up
     * to 100 bytes of memory while the event is processed, and two bytes of the request are enough for one.
     */
    public static final int MAX_ENTITY_TOKENS = 1_000_000;

    private static final int MAX_NUMBER_LENGTH = 400;

    /** Where the parser says which limit was exceeded. */
    private static final Pattern MOST = Pattern.compile("maximum allowed \\((\\d+)");

    private static final JsonFactory FACTORY = factory(MAX_DEPTH, -1);
    private static final JsonFactory ENTITY_FACTORY = factory(MAX_ENTITY_DEPTH, MAX_ENTITY_TOKENS);

    /** The envelope, its array, an event. */
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
     * Reads one JSON value.
     *
     * @throws MalformedPayloadException when the text is not exactly one JSON value, is nested deeper than {@value
     *     #MAX_DEPTH}, has a number of more than 400 digits or one too large, or holds half a surrogate pair
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
            throw new MalformedPayloadException("not JSON: a number is too large to be read", e);
        }
    }

    /**
     * Reads one JSON value from UTF-8.
     *
     * @throws MalformedPayloadException as {@link #parse(String)}, and when the bytes are not UTF-8
     */
    public static @Nullable Object parse(byte[] utf8) {
        String text = text(utf8);
        return parse(FACTORY, text, mayHaveHalves(text), Integer.MAX_VALUE);
    }

    /**
     * Reads the contexts of an event, or a self-describing event.
     *
     * @throws MalformedPayloadException as {@link #parse(String)}, and when it is nested deeper than {@value
     *     #MAX_ENTITY_DEPTH} or has more than {@value #MAX_ENTITY_TOKENS} names, values and brackets
     */
    static @Nullable Object parseEntity(String text) {
        return parse(ENTITY_FACTORY, text, true, Integer.MAX_VALUE);
    }

    /**
     * Reads the contexts of an event, or a self-describing event, from base64; see {@link Base64Text}.
     *
     * @throws MalformedPayloadException as {@link #parseEntity(String)}, and when the bytes are not UTF-8
     */
    static @Nullable Object parseEntityFromBase64(String base64) {
        try {
            String text = text(Base64Text.decode(base64));
            return parse(ENTITY_FACTORY, text, mayHaveHalves(text), Integer.MAX_VALUE);
        } catch (MalformedPayloadException e) {
            throw new MalformedPayloadException("what it says in base64 is " + e.getMessage(), e);
        }
    }

    /**
     * Reads the body of a request as far as events need it: of what stands where an event has a string, and is none, only
     * the kind; U+FFFD in the place of half a surrogate pair. So no value of one event can make the others unreadable.
     *
     * @throws MalformedPayloadException when the bytes are not exactly one JSON value in UTF-8, or are nested more than
     *     10,000 levels deep
     */
    static @Nullable Object parsePayload(byte[] utf8) {
        String text = text(utf8);
        return parse(PAYLOAD_FACTORY, mayHaveHalves(text) ? withoutHalves(text) : text, false, PAYLOAD_LEVELS);
    }

    /**
     * Returns the text of each element of an array, so that one that {@link #parse(String)} refuses makes no other
     * unreadable.
     *
     * @throws MalformedPayloadException when the text is not exactly one JSON array, or is nested more than 10,000 levels
     *     deep
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
                // Reads a text or a number to its end.
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

    /** Half a surrogate pair comes from an escape alone: a text that was decoded has none. */
    private static boolean mayHaveHalves(String text) {
        return text.contains("\\u");
    }

    /** The value as compact JSON; see {@link JsonWriter#value} for what it takes. */
    public static String write(@Nullable Object value) {
        return new JsonWriter().value(value).toString();
    }

    /**
     * Decodes UTF-8 strictly.
     *
     * @throws MalformedPayloadException with the position of the first byte that is no UTF-8
     */
    public static String text(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        // Whatever is no UTF-8 becomes this character; if there is one, it has to be looked at.
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
     * An immutable copy of whatever an application passed, as JSON knows it. Keys become strings; arrays and collections
     * lists; every {@link Number} a number, or a text if it has more than 400 digits or NaN and infinities null; {@link
     * java.util.Optional} what is in it; dates and calendars ISO-8601 in UTC; other objects their {@code toString()}.
     *
     * <p>Nothing that the application's code does can come out of here: what its {@code toString()} or an iterator throws
     * becomes a short text in the place of the value, errors included, but for those of {@link ForeignCode#isFatal}. The
     * copy has at most {@value ValueCopy#DEFAULT_MAX_VALUES} values and about {@value ValueCopy#DEFAULT_MAX_BYTES} bytes,
     * in at most 32 levels; what is beyond is replaced by a short text, and a container that is met again inside itself by
     * {@code "(a cycle)"}. A string and what {@link #parse(String)}, {@link #immutable} or this method gave are returned as they are.
     */
    public static @Nullable Object copyOf(@Nullable Object value) {
        if (value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Parsed.ParsedObject
                || value instanceof Parsed.ParsedArray) {
            // Not asked as an interface: the JVM looks that up anew whenever another was asked for before.
            return value;
        } else if (value instanceof Integer number) {
            return number.longValue();
        }
        return new ValueCopy(ValueCopy.DEFAULT_MAX_VALUES, ValueCopy.DEFAULT_MAX_BYTES).of(value);
    }

    /**
     * A tree that is a tree of {@link Json} already and is never changed again, marked as such: nothing copies it, however
     * large it is.
     *
     * @param tree of maps with strings as keys, lists, strings, numbers as JSON knows them, booleans and null
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

    /** @param levels of objects and arrays that are read; of those below, and of numbers there, only the kind */
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

    /** A JSON text with the escape of U+FFFD in the place of each escape of half a surrogate pair. */
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

    /** The UTF-16 unit that an escape at this place stands for; -1 if there is none. */
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
