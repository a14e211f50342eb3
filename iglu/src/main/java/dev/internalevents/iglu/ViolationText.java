package dev.internalevents.iglu;

import com.networknt.schema.Error;
import dev.internalevents.protocol.SchemaKey;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Describes the validator's errors in terms that do not require knowledge of JSON Schema. */
final class ViolationText {

    /** The maximum length of a value or name; longer ones are truncated. */
    private static final int MAX_SHOWN = 64;

    /**
     * The maximum number of allowed values quoted; some schemas have thousands, and each wrong value would quote them
     * all.
     */
    private static final int MAX_VALUES = 30;

    /** The maximum length of a message and of a pointer, which quote names and values chosen by schemas and senders. */
    private static final int MAX_CHARS = 1_000;

    private static final Pattern BRACKETS = Pattern.compile("[\\[\\]]");
    private static final Pattern PLAIN = Pattern.compile("[\\w.:/+-]+");

    private ViolationText() {}

    /**
     * Describes an error.
     *
     * @param fields the names of the properties at the schema's top level
     * @param note added to the message
     */
    static Violation of(SchemaKey key, Error error, List<String> fields, String note) {
        String pointer = error.getInstanceLocation() == null
                ? ""
                : error.getInstanceLocation().toString();
        JsonNode value = error.getInstanceNode();
        JsonNode rule = error.getSchemaNode();
        String found = null;
        String message = null;
        if (value != null && rule != null) {
            switch (String.valueOf(error.getKeyword())) {
                case "enum" -> {
                    found = shown(value);
                    message = notOneOf(value, rule);
                }
                case "minimum" -> {
                    found = shown(value);
                    message = "is below the minimum of " + rule;
                }
                case "maximum" -> {
                    found = shown(value);
                    message = "is above the maximum of " + rule;
                }
                case "minLength" -> message = length(value) + ", expected at least " + characters(rule.longValue(0));
                case "maxLength" -> message = length(value) + ", expected at most " + count(rule.longValue(0));
                default -> {
                    // The text below needs no values.
                }
            }
        }
        String words = message == null ? message(error, pointer, fields) : message;
        return new Violation(key, shortened(pointer, MAX_CHARS), found, shortened(words, MAX_CHARS) + note);
    }

    /** Returns a clearer message where the library's is too terse. */
    private static String message(Error error, String pointer, List<String> fields) {
        Object[] arguments = error.getArguments();
        String property = error.getProperty();
        if ("type".equals(error.getKeyword()) && arguments != null && arguments.length == 2) {
            String expected = BRACKETS.matcher(String.valueOf(arguments[1]))
                    .replaceAll("")
                    .replace(", ", " or ");
            return "is of type " + arguments[0] + ", expected " + expected;
        } else if ("required".equals(error.getKeyword()) && property != null) {
            return "the required field \"" + property + "\" is missing";
        } else if ("additionalProperties".equals(error.getKeyword()) && property != null) {
            return "the field \"" + shortened(property) + "\" is not in the schema, which allows no others; "
                    + advice(property, pointer.isEmpty() ? fields : List.of());
        }
        return error.getMessage();
    }

    private static String advice(String property, List<String> fields) {
        String meant = fields.stream()
                .filter(field -> isAlike(field, property))
                .findFirst()
                .orElse(null);
        if (meant != null) {
            return "did you mean \"" + meant + "\"?";
        }
        String version = " or name a version of the schema that has it";
        return fields.contains("extra") ? "put it into \"extra\"," + version : "leave it out," + version;
    }

    private static String notOneOf(JsonNode value, JsonNode allowed) {
        String values = allowed.valueStream()
                .limit(MAX_VALUES)
                .map(one -> shortened(named(one)))
                .collect(Collectors.joining(", "));
        String meant = value.isString()
                ? allowed.valueStream()
                        .filter(one -> one.isString() && isAlike(one.stringValue(), value.stringValue()))
                        .findFirst()
                        .map(ViolationText::named)
                        .orElse(null)
                : null;
        return "is not one of " + values
                + (allowed.size() > MAX_VALUES ? ", … (" + count(allowed.size()) + " values)" : "")
                + (meant == null ? "" : "; did you mean " + meant + "?");
    }

    /** Returns whether two names differ only in case and separators. */
    private static boolean isAlike(String one, String other) {
        return other.length() <= 2 * MAX_SHOWN && letters(one).equals(letters(other));
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    /** Returns a value of a schema, in quotes if it would be misread without them. */
    private static String named(JsonNode value) {
        return value.isString()
                        && PLAIN.matcher(value.stringValue()).matches()
                        && !List.of("null", "true", "false").contains(value.stringValue())
                ? value.stringValue()
                : value.toString();
    }

    private static @Nullable String shown(JsonNode value) {
        return value.isContainer() ? null : shortened(value.toString());
    }

    private static String length(JsonNode value) {
        String text = value.stringValue("");
        return text.isEmpty() ? "is empty" : "has " + characters(text.codePointCount(0, text.length()));
    }

    private static String characters(long count) {
        return count(count) + (count == 1 ? " character" : " characters");
    }

    private static String count(long count) {
        return String.format(Locale.ENGLISH, "%,d", count);
    }

    private static String shortened(String text) {
        return shortened(text, MAX_SHOWN);
    }

    private static String shortened(String text, int characters) {
        return text.length() <= characters || text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters)) + "…";
    }
}
