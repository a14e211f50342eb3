package dev.internalevents.iglu;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A fast check for schemas with simple rules only: types, lengths, ranges, sizes, values, patterns, UUIDs, times,
 * required fields and whether others are allowed. Almost all events are valid, and the validator takes ten times as
 * long to confirm that, because it needs its own tree and records its steps. Immutable.
 */
final class PlainSchema {

    private static final Set<String> ANNOTATIONS = Set.of("description", "title");

    private boolean string;
    private boolean integer;
    private boolean number;
    private boolean bool;
    private boolean array;
    private boolean object;
    private boolean nothing;

    private long minLength;
    private long maxLength = Long.MAX_VALUE;
    private long minimum = Long.MIN_VALUE;
    private long maximum = Long.MAX_VALUE;
    private @Nullable Set<@Nullable String> values;
    private @Nullable RegularExpression pattern;
    private @Nullable Predicate<String> format;
    private long minItems;
    private long maxItems = Long.MAX_VALUE;
    private @Nullable PlainSchema items;
    private Map<String, PlainSchema> properties = Map.of();
    private List<String> required = List.of();
    private long minProperties;
    private long maxProperties = Long.MAX_VALUE;
    private boolean closed;

    private final RegularExpressionFactory regularExpressions;

    private PlainSchema(RegularExpressionFactory regularExpressions) {
        this.regularExpressions = regularExpressions;
    }

    /**
     * Returns null if the schema has other rules.
     *
     * @param regularExpressions those of the validator
     */
    static @Nullable PlainSchema of(JsonNode schema, RegularExpressionFactory regularExpressions) {
        PlainSchema plain = new PlainSchema(regularExpressions);
        if (!schema.isObject() || !plain.readTypes(schema.path("type"))) {
            return null;
        }
        for (Map.Entry<String, JsonNode> rule : schema.properties()) {
            if (!plain.read(rule.getKey(), rule.getValue())) {
                return null;
            }
        }
        return plain;
    }

    private boolean readTypes(JsonNode type) {
        if (type.isMissingNode()) {
            string = integer = number = bool = array = object = nothing = true;
            return true;
        } else if (type.isArray()) {
            return type.valueStream().allMatch(this::readType);
        }
        return readType(type);
    }

    private boolean readType(JsonNode type) {
        switch (type.stringValue("")) {
            case "string" -> string = true;
            case "integer" -> integer = true;
            case "number" -> number = true;
            case "boolean" -> bool = true;
            case "array" -> array = true;
            case "object" -> object = true;
            case "null" -> nothing = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean read(String keyword, JsonNode value) {
        switch (keyword) {
            case "minLength",
                    "maxLength",
                    "minimum",
                    "maximum",
                    "minItems",
                    "maxItems",
                    "minProperties",
                    "maxProperties" -> {
                return value.isIntegralNumber() && value.canConvertToLong() && readLimit(keyword, value.longValue());
            }
            case "required" ->
                required = value.valueStream().map(name -> name.stringValue("")).toList();
            case "additionalProperties" -> {
                closed = !value.booleanValue(false);
                return value.isBoolean();
            }
            case "enum" -> {
                values = new HashSet<>();
                value.forEach(one -> Objects.requireNonNull(values).add(one.stringValue(null)));
                return value.valueStream().allMatch(one -> one.isString() || one.isNull());
            }
            case "pattern" -> {
                pattern = value.isString() ? regularExpressions.getRegularExpression(value.stringValue("")) : null;
                return pattern != null;
            }
            case "format" -> {
                format = PlainFormats.of(value.stringValue(""));
                return format != null;
            }
            case "items" -> {
                items = of(value, regularExpressions);
                return items != null;
            }
            case "properties" -> {
                return readProperties(value);
            }
            default -> {
                return keyword.equals("type") || ANNOTATIONS.contains(keyword);
            }
        }
        return true;
    }

    private boolean readLimit(String keyword, long limit) {
        switch (keyword) {
            case "minLength" -> minLength = limit;
            case "maxLength" -> maxLength = limit;
            case "minimum" -> minimum = limit;
            case "maximum" -> maximum = limit;
            case "minItems" -> minItems = limit;
            case "maxItems" -> maxItems = limit;
            case "minProperties" -> minProperties = limit;
            default -> maxProperties = limit;
        }
        return true;
    }

    private boolean readProperties(JsonNode schemas) {
        Map<String, PlainSchema> read = new HashMap<>();
        for (Map.Entry<String, JsonNode> property : schemas.properties()) {
            PlainSchema schema = of(property.getValue(), regularExpressions);
            if (schema == null) {
                return false;
            }
            read.put(property.getKey(), schema);
        }
        properties = read;
        return true;
    }

    /** Returns true only if the data follows the schema; false if the validator must decide. */
    boolean surelyAccepts(@Nullable Object data) {
        if (values != null && !(data instanceof String || (data == null && values.contains(null)))) {
            return false;
        } else if (data instanceof String text) {
            return string && acceptsText(text);
        } else if (data == null) {
            return nothing;
        } else if (data instanceof Long value) {
            return (integer || number) && value >= minimum && value <= maximum;
        } else if (data instanceof Boolean) {
            return bool;
        } else if (data instanceof Map<?, ?> fields) {
            return object && acceptsFields(fields);
        } else if (data instanceof List<?> list) {
            return array && acceptsItems(list);
        }
        return false;
    }

    /** Estimates the length: a character beyond U+FFFF has length one in a schema, but takes two chars here. */
    private boolean acceptsText(String text) {
        return text.length() <= maxLength
                && (text.length() + 1) / 2 >= minLength
                && (values == null || values.contains(text))
                && (format == null || format.test(text))
                && (pattern == null || pattern.matches(text));
    }

    private boolean acceptsFields(Map<?, ?> fields) {
        if (fields.size() < minProperties || fields.size() > maxProperties) {
            return false;
        }
        for (int i = 0; i < required.size(); i++) {
            if (!fields.containsKey(required.get(i))) {
                return false;
            }
        }
        if (properties.isEmpty()) {
            return !closed || fields.isEmpty();
        }
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            PlainSchema schema = properties.get(field.getKey());
            if (schema == null ? closed : !schema.surelyAccepts(field.getValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean acceptsItems(List<?> list) {
        if (list.size() < minItems || list.size() > maxItems) {
            return false;
        }
        if (items != null) {
            for (Object item : list) {
                if (!items.surelyAccepts(item)) {
                    return false;
                }
            }
        }
        return true;
    }
}
