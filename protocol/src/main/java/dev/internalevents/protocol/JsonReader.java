package dev.internalevents.protocol;

import java.math.BigInteger;
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
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Parses JSON into the trees of {@link Json}, within the limits of one kind of text. Thread-safe. */
final class JsonReader {

    private static final int MAX_NUMBER_LENGTH = 400;

    /** Reads all levels. */
    private static final int ALL = Integer.MAX_VALUE;

    /** The levels of a payload: the envelope, its array, an event. */
    private static final int PAYLOAD_LEVELS = 3;

    /** Any text. */
    static final JsonReader VALUE = new JsonReader(factory(Json.MAX_DEPTH, -1), ALL);

    /** The contexts of an event, or a self-describing event. */
    static final JsonReader ENTITY = new JsonReader(factory(Json.MAX_ENTITY_DEPTH, Json.MAX_ENTITY_TOKENS), ALL);

    /** The body of a request: deeper levels, and numbers, are not read, and half a surrogate pair is replaced. */
    static final JsonReader PAYLOAD = new JsonReader(
            JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(10_000)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build(),
            PAYLOAD_LEVELS);

    /** Matches the part of the parser's message that names the exceeded limit. */
    private static final Pattern MOST = Pattern.compile("maximum allowed \\((\\d+)");

    /** Matches the part of the parser's message that describes the parser's settings instead of a place. */
    private static final Pattern PLACE = Pattern.compile(" \\(for \\w+ starting at \\[Source: [^\\]]*\\]\\)");

    private final JsonFactory factory;
    private final int levels;

    private JsonReader(JsonFactory factory, int levels) {
        this.factory = factory;
        this.levels = levels;
    }

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

    /** @throws MalformedPayloadException if the text is not exactly one JSON value, or exceeds a limit */
    @Nullable
    Object read(String text) {
        return read(text, levels == ALL);
    }

    /** @throws MalformedPayloadException as {@link #read(String)}, and if the bytes are not UTF-8 */
    @Nullable
    Object read(byte[] utf8) {
        String text = Json.text(utf8);
        // Text decoded from UTF-8 has half a surrogate pair only if an escape stands for it.
        boolean mayHaveHalves = text.contains("\\u");
        if (text.length() == utf8.length && !mayHaveHalves && !startsLikeUtf16(utf8)) {
            // ASCII, like nearly all JSON of trackers: parsing the bytes is faster.
            try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), utf8)) {
                return read(parser, false);
            } catch (JacksonException | MalformedPayloadException | NumberFormatException e) {
                // Parsed again below, because messages count in characters.
            }
        }
        return levels == ALL
                ? read(text, mayHaveHalves)
                : read(mayHaveHalves ? SurrogateHalves.replaced(text) : text, false);
    }

    /** Returns whether the parser could take the bytes for another encoding than UTF-8. */
    private static boolean startsLikeUtf16(byte[] utf8) {
        for (int i = 0; i < Math.min(4, utf8.length); i++) {
            if (utf8[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Object read(String text, boolean mayHaveHalves) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
            return read(parser, mayHaveHalves);
        } catch (JacksonException e) {
            throw new MalformedPayloadException(describe(e), e);
        } catch (NumberFormatException e) {
            throw new MalformedPayloadException("not JSON: a number is too large", e);
        }
    }

    private @Nullable Object read(JsonParser parser, boolean mayHaveHalves) {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new MalformedPayloadException("not JSON: the text is empty");
        }
        Object value = read(parser, first, mayHaveHalves, levels);
        expectEnd(parser);
        return value;
    }

    private static void expectEnd(JsonParser parser) {
        if (parser.nextToken() != null) {
            throw new MalformedPayloadException("not JSON: more text after the end of the value, at character "
                    + parser.currentTokenLocation().getCharOffset());
        }
    }

    /**
     * @param left how many levels of objects and arrays to read; of deeper ones, and of numbers there, only the kind is
     *     read
     */
    private static @Nullable Object read(JsonParser parser, JsonToken token, boolean mayHaveHalves, int left) {
        return switch (token) {
            case START_OBJECT -> {
                // The object of an event has more than a dozen parameters.
                Map<String, @Nullable Object> object = new LinkedHashMap<>(left == 1 ? 32 : 16);
                if (left == 0) {
                    parser.skipChildren();
                    yield new Parsed.ParsedObject(object);
                }
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = whole(parser.currentName(), mayHaveHalves);
                    object.put(name, read(parser, parser.nextToken(), mayHaveHalves, left - 1));
                }
                yield new Parsed.ParsedObject(object);
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                if (left == 0) {
                    parser.skipChildren();
                    yield new Parsed.ParsedArray(array);
                }
                for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                    array.add(read(parser, item, mayHaveHalves, left - 1));
                }
                yield new Parsed.ParsedArray(array);
            }
            case VALUE_STRING -> whole(parser.getString(), mayHaveHalves);
            case VALUE_NUMBER_INT -> left <= PAYLOAD_LEVELS ? 0L : integer(parser);
            case VALUE_NUMBER_FLOAT -> left <= PAYLOAD_LEVELS ? 0L : parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new MalformedPayloadException("not JSON: unexpected " + token);
        };
    }

    private static String whole(String text, boolean mayHaveHalves) {
        return mayHaveHalves ? SurrogateHalves.refused(text) : text;
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

    /** As {@link Json#elements}. */
    List<String> elements(String array) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), array)) {
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
            expectEnd(parser);
            return elements;
        } catch (JacksonException e) {
            throw new MalformedPayloadException(describe(e), e);
        }
    }

    private static String describe(JacksonException e) {
        String message = PLACE.matcher(
                        e.getOriginalMessage().lines().findFirst().orElse("unreadable"))
                .replaceAll("");
        String what = "not JSON: " + message;
        Matcher limit = MOST.matcher(message);
        if (e instanceof StreamConstraintsException && limit.find()) {
            what = message.contains("depth")
                    ? "objects and arrays are nested deeper than " + limit.group(1) + " levels"
                    : message.contains("Token")
                            ? "it has more than " + limit.group(1) + " names, values and brackets"
                            : "a number has more than " + limit.group(1) + " characters";
        } else if (e instanceof UnexpectedEndOfInputException || message.startsWith("Unexpected end-of-input")) {
            what = "not JSON: unexpected end of input";
        }
        return what
                + (e.getLocation() == null
                        ? ""
                        : " (line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr() + ")");
    }
}
