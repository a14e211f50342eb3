package dev.internalevents.iglu;

import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Generates values that follow a schema, and values that violate one of its keywords. The same seed gives the same
 * values.
 */
final class SchemaInstances {

    private static final int MAX_DEPTH = 12;
    private static final List<String> CANDIDATES = List.of(
            "a",
            "abc",
            "ABC",
            "1",
            "12345",
            "a1b2",
            "en",
            "en-GB",
            "USD",
            "GB",
            "2026-11-26",
            "2026-11-26T10:00:00Z",
            "10:00:00",
            "6de9024e-17b9-4026-bd4d-efec50ae84cb",
            "https://a.test/x",
            "ada@example.com",
            "127.0.0.1",
            "::1",
            "iglu:com.acme/a/jsonschema/1-0-0",
            "1-0-0",
            "com.acme",
            "0x1f",
            "#ffffff",
            "1.5",
            "-1",
            "a_b",
            "a.b.c",
            "/a/b",
            "arn:aws:s3:::bucket",
            "s3://bucket/key",
            "true",
            "PT1H",
            "i-0123456789abcdef0",
            "0".repeat(16),
            "f".repeat(32),
            "a".repeat(40),
            "0".repeat(64),
            "+491701234567",
            "AB12",
            "x=y",
            "2026",
            "11",
            "00:1a:2b:3c:4d:5e");

    private final Map<?, ?> root;
    private final Random random;

    SchemaInstances(Map<?, ?> schema, long seed) {
        this.root = schema;
        this.random = new Random(seed);
    }

    /** Returns a value that follows the schema, as far as its patterns and alternatives are understood. */
    Object valid() {
        return value(root, 0);
    }

    /** Returns a value that follows the schema except for one change that a keyword forbids. */
    Object violating() {
        Object[] holder = {valid()};
        List<Consumer<Void>> changes = new ArrayList<>();
        changes(root, holder[0], value -> holder[0] = value, changes, 0);
        if (!changes.isEmpty()) {
            changes.get(random.nextInt(changes.size())).accept(null);
        }
        return holder[0];
    }

    private Map<?, ?> resolved(Map<?, ?> schema) {
        Map<Object, Object> merged = new LinkedHashMap<>(schema);
        if (schema.get("$ref") instanceof String ref) {
            return ref.equals("#") ? root : at(ref);
        }
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (merged.remove(keyword) instanceof List<?> choices
                    && choices.get(random.nextInt(choices.size())) instanceof Map<?, ?> choice) {
                merge(merged, resolved(choice));
            }
        }
        if (merged.remove("allOf") instanceof List<?> all) {
            all.forEach(each -> merge(merged, resolved((Map<?, ?>) each)));
        }
        return merged;
    }

    private Map<?, ?> at(String ref) {
        Object found = root;
        if (ref.startsWith("#/")) {
            for (String name : ref.substring(2).split("/")) {
                found = found instanceof Map<?, ?> map ? map.get(name) : null;
            }
        }
        return found instanceof Map<?, ?> map && found != root ? map : Map.of();
    }

    private static void merge(Map<Object, Object> into, Map<?, ?> other) {
        other.forEach((key, value) -> into.merge(key, value, (old, added) -> {
            if (old instanceof Map<?, ?> a && added instanceof Map<?, ?> b) {
                Map<Object, Object> both = new LinkedHashMap<>(a);
                both.putAll(b);
                return both;
            } else if (old instanceof List<?> a && added instanceof List<?> b && "required".equals(key)) {
                List<Object> both = new ArrayList<>(a);
                both.addAll(b);
                return both;
            }
            return added;
        }));
    }

    private Object value(Map<?, ?> unresolved, int depth) {
        Map<?, ?> schema = resolved(unresolved);
        if (schema.get("enum") instanceof List<?> values) {
            return values.get(random.nextInt(values.size()));
        }
        return switch (type(schema)) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, depth);
            case "string" -> text(schema);
            case "integer" -> number(schema, true);
            case "number" -> number(schema, random.nextBoolean());
            case "boolean" -> random.nextBoolean();
            default -> null;
        };
    }

    private String type(Map<?, ?> schema) {
        Object type = schema.get("type");
        if (type instanceof List<?> types) {
            type = types.get(random.nextInt(types.size()));
        }
        if (type instanceof String named) {
            return named;
        } else if (schema.containsKey("properties") || schema.containsKey("required")) {
            return "object";
        }
        return schema.containsKey("items") ? "array" : "string";
    }

    private Map<String, Object> object(Map<?, ?> schema, int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        List<?> required = schema.get("required") instanceof List<?> names ? names : List.of();
        Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
        properties.forEach((name, property) -> {
            if (required.contains(name) || (depth < MAX_DEPTH && random.nextInt(5) < 3)) {
                object.put((String) name, value((Map<?, ?>) property, depth + 1));
            }
        });
        boolean isOpen = !Boolean.FALSE.equals(schema.get("additionalProperties"));
        Map<?, ?> others = schema.get("additionalProperties") instanceof Map<?, ?> map ? map : Map.of();
        for (Object name : required) {
            object.computeIfAbsent((String) name, missing -> value(others, depth + 1));
        }
        int min = size(schema, "minProperties", 0);
        for (int i = 0;
                isOpen && depth < MAX_DEPTH && (object.size() < min || (i == 0 && random.nextInt(4) == 0));
                i++) {
            object.put("other" + i, value(others, depth + 1));
        }
        return object;
    }

    private List<Object> array(Map<?, ?> schema, int depth) {
        int min = size(schema, "minItems", 0);
        int max = Math.min(size(schema, "maxItems", min + 3), min + 3);
        List<Object> items = new ArrayList<>();
        int length = depth > MAX_DEPTH ? min : min + random.nextInt(Math.max(1, max - min + 1));
        for (int i = 0; i < length; i++) {
            items.add(value(item(schema, i), depth + 1));
        }
        return items;
    }

    private static Map<?, ?> item(Map<?, ?> schema, int index) {
        Object items = schema.get("items");
        if (items instanceof List<?> each) {
            return index < each.size() ? (Map<?, ?>) each.get(index) : Map.of();
        }
        return items instanceof Map<?, ?> map ? map : Map.of();
    }

    private static int size(Map<?, ?> schema, String keyword, int defaultValue) {
        return schema.get(keyword) instanceof Number number ? number.intValue() : defaultValue;
    }

    private String text(Map<?, ?> schema) {
        int min = size(schema, "minLength", 0);
        int max = size(schema, "maxLength", Math.max(60, min));
        Pattern pattern = schema.get("pattern") instanceof String regex ? Pattern.compile(regex) : null;
        String format = schema.get("format") instanceof String named ? named : "";
        List<String> fitting = CANDIDATES.stream()
                .filter(text -> format.isEmpty() || isLike(format, text))
                .map(text -> fitted(text, pattern == null && format.isEmpty() ? min : 0, max))
                .filter(text -> text.length() >= min && text.length() <= max)
                .filter(text -> pattern == null || pattern.matcher(text).find())
                .toList();
        return fitting.isEmpty() ? "a".repeat(Math.min(min, 100_000)) : fitting.get(random.nextInt(fitting.size()));
    }

    private static boolean isLike(String format, String text) {
        return switch (format) {
            case "date" -> text.equals("2026-11-26");
            case "date-time" -> text.equals("2026-11-26T10:00:00Z");
            case "time" -> text.equals("10:00:00");
            case "uuid" -> text.equals("6de9024e-17b9-4026-bd4d-efec50ae84cb");
            case "uri" -> text.equals("https://a.test/x");
            case "email" -> text.equals("ada@example.com");
            case "ipv4", "ip-address" -> text.equals("127.0.0.1");
            case "ipv6" -> text.equals("::1");
            default -> true;
        };
    }

    private static String fitted(String text, int min, int max) {
        String longer = text.length() < min ? text + "x".repeat(Math.min(min - text.length(), 100_000)) : text;
        return longer.length() > max ? longer.substring(0, max) : longer;
    }

    private Number number(Map<?, ?> schema, boolean isWhole) {
        BigDecimal min = decimal(schema.get("minimum"), BigDecimal.valueOf(-1000));
        BigDecimal max = decimal(schema.get("maximum"), min.max(BigDecimal.ZERO).add(BigDecimal.valueOf(1000)));
        BigDecimal width = max.subtract(min);
        BigDecimal value = min.add(width.multiply(BigDecimal.valueOf(random.nextInt(1001), 3)));
        if (schema.get("multipleOf") instanceof Number step) {
            BigDecimal each = new BigDecimal(step.toString());
            return value.divideToIntegralValue(each).multiply(each);
        }
        return isWhole ? value.toBigInteger() : value;
    }

    private static BigDecimal decimal(Object number, BigDecimal defaultValue) {
        return number instanceof Number given ? new BigDecimal(given.toString()) : defaultValue;
    }

    @SuppressWarnings("unchecked")
    private void changes(
            Map<?, ?> unresolved, Object value, Consumer<Object> set, List<Consumer<Void>> changes, int depth) {
        Map<?, ?> schema = resolved(unresolved);
        for (Object keyword : schema.keySet()) {
            Object forbidden = forbidden((String) keyword, schema, value);
            if (forbidden != NOTHING) {
                changes.add(ignored -> set.accept(forbidden));
            }
        }
        if (depth > MAX_DEPTH) {
            return;
        }
        if (value instanceof Map<?, ?> && schema.get("properties") instanceof Map<?, ?> properties) {
            Map<String, Object> object = (Map<String, Object>) value;
            for (String name : List.copyOf(object.keySet())) {
                if (properties.get(name) instanceof Map<?, ?> property) {
                    changes(property, object.get(name), other -> object.put(name, other), changes, depth + 1);
                }
            }
        } else if (value instanceof List<?>) {
            List<Object> array = (List<Object>) value;
            for (int i = 0; i < array.size(); i++) {
                int index = i;
                changes(item(schema, i), array.get(i), other -> array.set(index, other), changes, depth + 1);
            }
        }
    }

    private static final Object NOTHING = new Object();

    /** Returns a replacement for a value that the keyword forbids. */
    private Object forbidden(String keyword, Map<?, ?> schema, Object value) {
        Object limit = schema.get(keyword);
        return switch (keyword) {
            case "type" -> ofAnotherType(limit);
            case "enum" -> "none of them";
            case "format" -> "no format, " + random.nextInt(10) + " \u0001%";
            case "pattern" -> "\u0001~ ü";
            case "maxLength" ->
                value instanceof String ? "x".repeat(((Number) limit).intValue() % 100_000 + 1) : NOTHING;
            case "minLength" ->
                value instanceof String && ((Number) limit).intValue() > 0
                        ? "x".repeat(((Number) limit).intValue() - 1)
                        : NOTHING;
            case "minimum" -> beyond(schema, "exclusiveMinimum", limit, value, -1);
            case "maximum" -> beyond(schema, "exclusiveMaximum", limit, value, 1);
            case "multipleOf" -> new BigDecimal(limit.toString()).divide(BigDecimal.valueOf(2));
            case "required" -> without(value, (List<?>) limit);
            case "additionalProperties" -> Boolean.FALSE.equals(limit) ? with(value) : NOTHING;
            case "maxItems" -> resized(value, ((Number) limit).intValue() + 1);
            case "minItems" -> resized(value, ((Number) limit).intValue() - 1);
            case "uniqueItems" -> Boolean.TRUE.equals(limit) ? doubled(value) : NOTHING;
            default -> NOTHING;
        };
    }

    private Object ofAnotherType(Object types) {
        List<Object> others = new ArrayList<>(List.of("text", 7, 7.5, true, Map.of(), List.of()));
        List<?> named = types instanceof List<?> list ? list : List.of(types);
        others.removeIf(
                other -> named.contains(name(other)) || ("integer".equals(name(other)) && named.contains("number")));
        if (!named.contains("null") && random.nextInt(4) == 0) {
            return null;
        }
        return others.isEmpty() ? NOTHING : others.get(random.nextInt(others.size()));
    }

    private static String name(Object value) {
        if (value instanceof String) {
            return "string";
        } else if (value instanceof Integer) {
            return "integer";
        } else if (value instanceof Double) {
            return "number";
        } else if (value instanceof Boolean) {
            return "boolean";
        }
        return value instanceof Map ? "object" : "array";
    }

    private static Object beyond(Map<?, ?> schema, String exclusive, Object limit, Object value, int direction) {
        if (!(value instanceof Number)) {
            return NOTHING;
        }
        BigDecimal edge = new BigDecimal(limit.toString());
        BigDecimal beyond = Boolean.TRUE.equals(schema.get(exclusive)) ? edge : edge.add(BigDecimal.valueOf(direction));
        return beyond.stripTrailingZeros().scale() <= 0 ? beyond.toBigInteger() : beyond;
    }

    private Object without(Object value, List<?> names) {
        if (!(value instanceof Map<?, ?> map) || names.isEmpty()) {
            return NOTHING;
        }
        Map<Object, Object> less = new LinkedHashMap<>(map);
        less.remove(names.get(random.nextInt(names.size())));
        return less;
    }

    private static Object with(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return NOTHING;
        }
        Map<Object, Object> more = new LinkedHashMap<>(map);
        more.put("not_in_the_schema", 1);
        return more;
    }

    private static Object resized(Object value, int size) {
        if (!(value instanceof List<?> list) || list.isEmpty() || size < 0 || size > 10_000) {
            return NOTHING;
        }
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(list.get(i % list.size()));
        }
        return items;
    }

    private static Object doubled(Object value) {
        return value instanceof List<?> list && !list.isEmpty() ? resized(List.of(list.get(0)), 2) : NOTHING;
    }

    /** Returns the value as JSON. */
    static String json(Object value) {
        return Json.write(plain(value));
    }

    /** Converts numbers to types that the writer accepts. */
    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put((String) key, plain(each)));
            return copy;
        } else if (value instanceof List<?> list) {
            return list.stream()
                    .map(SchemaInstances::plain)
                    .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }
}
