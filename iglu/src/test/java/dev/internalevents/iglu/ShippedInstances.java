package dev.internalevents.iglu;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Generates random values for a schema of draft 4: valid values, and values that violate one keyword at one place.
 * Knows the keywords that the shipped schemas use, and fails for a pattern or a format for which it has no string.
 */
final class ShippedInstances {

    private static final Map<String, String> TEXTS_OF_PATTERNS = Map.of(
            "^sp_[A-Za-z2-7]{26}$",
            "sp_abcdefghijklmnopqrstuvwxyz",
            "^iglu:[a-zA-Z0-9-_.]+/[a-zA-Z0-9-_]+/[a-zA-Z0-9-_]+/[0-9]+-[0-9]+-[0-9]+$",
            "iglu:com.acme/thing/jsonschema/1-0-12",
            "^iglu:([a-zA-Z0-9-_.]+)/([a-zA-Z0-9-_]+)/([a-zA-Z0-9-_]+)/([1-9][0-9]*|\\*)-((?:0|[1-9][0-9]*)|\\*)"
                    + "-((?:0|[1-9][0-9]*)|\\*)$",
            "iglu:com.acme/thing/jsonschema/1-*-*",
            "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$|^[0-9a-f]{16}$",
            "0123456789abcdef",
            "^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$",
            "6De9024e-17b9-4026-bd4d-efec50ae84cb",
            "^[0-9.]+x[0-9.]+$",
            "1920x1080.5",
            "^[0-9.]+/[0-9.]+$",
            "4.0/12");

    private static final Map<String, String> TEXTS_OF_NO_FORMAT = Map.of(
            "uuid", "6de9024e-17b9-4026-bd4d-",
            "date-time", "yesterday",
            "uri", "not a uri",
            "email", "no address",
            "ipv4", "1.2.3",
            "hostname", "no host");

    /** The maximum length of strings, except where a limit must be exceeded. */
    private static final int LONG = 300;

    private static final BigDecimal WIDE = BigDecimal.valueOf(1_000_000);

    private final JsonNode root;
    private final Random random;
    private final Map<JsonNode, Set<JsonNode>> inside = new IdentityHashMap<>();
    private @Nullable Site target;

    ShippedInstances(JsonNode root, Random random) {
        this.root = root;
        this.random = random;
    }

    /**
     * A keyword that a value can violate.
     *
     * @param place the schema that contains the keyword
     * @param name the property that the keyword names, for {@code required} and {@code dependencies}; empty otherwise
     */
    record Site(JsonNode place, String keyword, String name) {

        boolean is(JsonNode schema, String wanted) {
            return place == schema && keyword.equals(wanted);
        }
    }

    /** Returns a value that the schema accepts. */
    @Nullable
    Object valid() {
        target = null;
        return value(root);
    }

    /** Returns a value that the schema accepts except for one keyword. */
    @Nullable
    Object violating(Site site) {
        target = site;
        return value(root);
    }

    /** Returns each keyword of the schema that a value can violate. */
    List<Site> sites() {
        List<Site> sites = new ArrayList<>();
        for (JsonNode schema : schemas(root)) {
            for (String keyword : schema.propertyNames()) {
                addSites(schema, keyword, sites);
            }
        }
        return sites;
    }

    private void addSites(JsonNode schema, String keyword, List<Site> sites) {
        JsonNode value = schema.get(keyword);
        switch (keyword) {
            case "type", "enum", "anyOf" -> sites.add(new Site(schema, keyword, ""));
            case "format", "pattern", "maxLength" -> addSite(schema, keyword, "string", sites);
            case "minLength" -> addSiteOfLimit(schema, keyword, "string", sites);
            case "minimum", "maximum", "multipleOf" -> addSite(schema, keyword, "number", sites);
            case "minItems" -> addSiteOfLimit(schema, keyword, "array", sites);
            case "maxItems" -> addSite(schema, keyword, "array", sites);
            case "minProperties" -> {
                if (value.intValue() > schema.path("required").size()) {
                    addSite(schema, keyword, "object", sites);
                }
            }
            case "additionalProperties" -> {
                if (value.isBoolean() && !value.booleanValue()) {
                    addSite(schema, keyword, "object", sites);
                }
            }
            case "required" -> value.forEach(name -> sites.add(new Site(schema, keyword, name.stringValue())));
            case "dependencies" -> value.propertyNames().forEach(name -> sites.add(new Site(schema, keyword, name)));
            default -> {
                // Annotations, and keywords that contain other schemas.
            }
        }
    }

    private void addSiteOfLimit(JsonNode schema, String keyword, String type, List<Site> sites) {
        if (schema.get(keyword).intValue() > 0) {
            addSite(schema, keyword, type, sites);
        }
    }

    private void addSite(JsonNode schema, String keyword, String type, List<Site> sites) {
        if (types(schema).contains(type)
                || (type.equals("number") && types(schema).contains("integer"))) {
            sites.add(new Site(schema, keyword, ""));
        }
    }

    /** Returns a schema and all schemas in it, each once. */
    private Set<JsonNode> schemas(JsonNode schema) {
        Set<JsonNode> all = Collections.newSetFromMap(new IdentityHashMap<>());
        collect(schema, all);
        return all;
    }

    private void collect(JsonNode unresolved, Set<JsonNode> all) {
        JsonNode schema = resolve(unresolved);
        if (schema.isObject() && all.add(schema)) {
            schema.path("properties").forEach(property -> collect(property, all));
            collect(schema.path("items"), all);
            collect(schema.path("additionalProperties"), all);
        }
    }

    private JsonNode resolve(JsonNode schema) {
        return schema.has("$ref") ? root.at(schema.get("$ref").stringValue().substring(1)) : schema;
    }

    private boolean leadsToTarget(JsonNode schema) {
        return target != null && inside.computeIfAbsent(schema, this::schemas).contains(target.place());
    }

    private @Nullable Object value(JsonNode unresolved) {
        JsonNode schema = resolve(unresolved);
        boolean violates = target != null && target.place() == schema;
        if (violates && target.keyword().equals("type")) {
            return ofOtherType(schema);
        } else if (violates && target.keyword().equals("enum")) {
            return "not among them";
        } else if (schema.has("enum") && !violates) {
            return json(any(schema.get("enum").valueStream().toList()));
        }
        return switch (type(schema)) {
            case "string" -> text(schema);
            case "integer" -> whole(number(schema, BigDecimal.ONE));
            case "number" -> number(schema, new BigDecimal("0.001"));
            case "boolean" -> random.nextBoolean();
            case "array" -> list(schema);
            case "object" -> object(schema);
            default -> null;
        };
    }

    private String type(JsonNode schema) {
        List<String> fitting = types(schema);
        if (leadsToTarget(schema)) {
            Site site = Objects.requireNonNull(target);
            List<String> wanted = site.place() != schema
                    ? List.of("object", "array")
                    : switch (site.keyword()) {
                        case "format", "pattern", "minLength", "maxLength" -> List.of("string");
                        case "minimum", "maximum", "multipleOf" -> List.of("integer", "number");
                        case "minItems", "maxItems" -> List.of("array");
                        default -> List.of("object");
                    };
            fitting = fitting.stream().filter(wanted::contains).toList();
        }
        return any(fitting);
    }

    private static List<String> types(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            return type.valueStream().map(JsonNode::stringValue).toList();
        } else if (type.isString()) {
            return List.of(type.stringValue());
        }
        return List.of("object", "array", "string", "number", "boolean", "null");
    }

    private @Nullable Object ofOtherType(JsonNode schema) {
        List<String> allowed = types(schema);
        List<String> others = Stream.of("object", "array", "string", "integer", "number", "boolean", "null")
                .filter(type -> !allowed.contains(type))
                .filter(type -> !(type.equals("integer") && allowed.contains("number")))
                .toList();
        return switch (any(others)) {
            case "object" -> Map.of("other", true);
            case "array" -> List.of("other");
            case "string" -> "other";
            case "integer" -> 7L;
            case "number" -> new BigDecimal("7.25");
            case "boolean" -> true;
            default -> null;
        };
    }

    private String text(JsonNode schema) {
        int min = schema.path("minLength").intValue(0);
        int max = schema.path("maxLength").intValue(Integer.MAX_VALUE);
        if (target != null && target.is(schema, "minLength")) {
            return text(min - 1);
        } else if (target != null && target.is(schema, "maxLength")) {
            String start = schema.path("format").stringValue("").equals("uri") ? "https://shop.example/" : "";
            return start.isEmpty() ? text(max + 1) : start + "p".repeat(max + 1 - start.length());
        } else if (target != null && target.is(schema, "pattern")) {
            String text = "~".repeat(Math.max(min, 1));
            return Pattern.compile(schema.get("pattern").stringValue())
                            .matcher(text)
                            .find()
                    ? ""
                    : text;
        } else if (target != null && target.is(schema, "format")) {
            return Objects.requireNonNull(
                    TEXTS_OF_NO_FORMAT.get(schema.get("format").stringValue()));
        } else if (schema.has("format")) {
            return formatted(schema.get("format").stringValue());
        } else if (schema.has("pattern")) {
            String pattern = schema.get("pattern").stringValue();
            return Objects.requireNonNull(TEXTS_OF_PATTERNS.get(pattern), "a text for the pattern " + pattern);
        }
        int longest = Math.max(min, Math.min(max, LONG));
        return text(random.nextInt(4) == 0 ? longest : min + random.nextInt(Math.min(longest - min, 20) + 1));
    }

    private String formatted(String format) {
        return switch (format) {
            case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
            case "date-time" ->
                "20%02d-0%d-1%dT0%d:30:00.%03dZ"
                        .formatted(
                                random.nextInt(100),
                                1 + random.nextInt(9),
                                random.nextInt(10),
                                random.nextInt(10),
                                random.nextInt(1000));
            case "uri" -> "https://shop.example/p%d?q=%d".formatted(random.nextInt(100), random.nextInt(100));
            case "email" -> "ada%d@example.org".formatted(random.nextInt(100));
            case "ipv4" -> "203.0.113." + random.nextInt(256);
            case "hostname" -> "host" + random.nextInt(100) + ".example.org";
            default -> throw new IllegalStateException("a text for the format " + format);
        };
    }

    /** Returns a string with characters of one to four bytes, because a length counts characters. */
    private String text(int length) {
        int[] characters = random.ints(length, 0, 40)
                .map(i -> i < 26
                        ? 'a' + i
                        : i < 36 ? '0' + i - 26 : i == 36 ? 'ü' : i == 37 ? '☃' : i == 38 ? 0x1F600 : ' ')
                .toArray();
        return new String(characters, 0, length);
    }

    private BigDecimal number(JsonNode schema, BigDecimal step) {
        BigDecimal multiple =
                schema.has("multipleOf") ? schema.get("multipleOf").decimalValue() : step;
        BigDecimal min = schema.has("minimum") ? schema.get("minimum").decimalValue() : null;
        BigDecimal max = schema.has("maximum") ? schema.get("maximum").decimalValue() : null;
        if (target != null && target.is(schema, "minimum")) {
            return schema.get("minimum").decimalValue().subtract(BigDecimal.ONE);
        } else if (target != null && target.is(schema, "maximum")) {
            return schema.get("maximum").decimalValue().add(BigDecimal.ONE);
        }
        BigDecimal from = min != null ? min : max != null ? max.subtract(WIDE) : WIDE.negate();
        BigDecimal to = max != null ? max : from.add(WIDE).add(WIDE);
        int end = random.nextInt(6);
        BigDecimal within = end == 0
                ? from
                : end == 1 ? to : from.add(to.subtract(from).multiply(BigDecimal.valueOf(random.nextDouble())));
        BigDecimal steps = within.divide(multiple, 0, RoundingMode.CEILING);
        BigDecimal number = steps.multiply(multiple);
        number = number.compareTo(to) > 0 ? number.subtract(multiple) : number;
        if (target != null && target.is(schema, "multipleOf")) {
            BigDecimal half = multiple.divide(BigDecimal.valueOf(2));
            return number.compareTo(to) < 0 ? number.add(half) : number.subtract(half);
        }
        return number;
    }

    private static Number whole(BigDecimal number) {
        BigInteger integer = number.toBigInteger();
        return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
    }

    private List<@Nullable Object> list(JsonNode schema) {
        JsonNode items = schema.path("items");
        int min = schema.path("minItems").intValue(0);
        int max = schema.path("maxItems").intValue(min + 3);
        int size = min + random.nextInt(max - min + 1);
        if (target != null && target.is(schema, "minItems")) {
            size = min - 1;
        } else if (target != null && target.is(schema, "maxItems")) {
            size = max + 1;
        } else if (leadsToTarget(items)) {
            size = Math.max(size, 1);
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(items.isObject() ? value(items) : "item");
        }
        return list;
    }

    private Map<String, @Nullable Object> object(JsonNode schema) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        JsonNode properties = schema.path("properties");
        for (String name : names(schema)) {
            object.put(name, properties.has(name) ? value(properties.get(name)) : "anything");
        }
        JsonNode more = schema.path("additionalProperties");
        if (target != null && target.is(schema, "additionalProperties")) {
            object.put("undeclared", 1L);
        } else if (more.isObject() && (leadsToTarget(more) || random.nextBoolean())) {
            object.put("undeclared", value(more));
        } else if (more.booleanValue(true) && !more.isObject() && random.nextInt(4) == 0) {
            object.put("undeclared", List.of(true));
        }
        return object;
    }

    private Set<String> names(JsonNode schema) {
        Site site = target != null && target.place() == schema ? target : new Site(schema, "", "");
        Set<String> names = new LinkedHashSet<>();
        schema.path("required").forEach(name -> names.add(name.stringValue()));
        List<JsonNode> choices = schema.path("anyOf").valueStream().toList();
        Set<String> chosen = new LinkedHashSet<>();
        choices.forEach(choice -> choice.get("required").forEach(name -> chosen.add(name.stringValue())));
        if (site.keyword().equals("anyOf") || site.keyword().equals("minProperties")) {
            names.removeAll(chosen);
            return names;
        }
        if (!choices.isEmpty()) {
            any(choices).get("required").forEach(name -> names.add(name.stringValue()));
        }
        List<String> declared = new ArrayList<>(schema.path("properties").propertyNames());
        for (String name : declared) {
            if (random.nextBoolean() || leadsToTarget(schema.get("properties").get(name))) {
                names.add(name);
            }
        }
        Collections.shuffle(declared, random);
        for (String name : declared) {
            if (names.size() < schema.path("minProperties").intValue(0)) {
                names.add(name);
            }
        }
        schema.path("dependencies").propertyStream().forEach(dependency -> {
            if (site.keyword().equals("dependencies") && site.name().equals(dependency.getKey())) {
                names.add(dependency.getKey());
                dependency.getValue().forEach(name -> names.remove(name.stringValue()));
            } else if (names.contains(dependency.getKey())) {
                dependency.getValue().forEach(name -> names.add(name.stringValue()));
            }
        });
        if (site.keyword().equals("required")) {
            names.remove(site.name());
        }
        return names;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static @Nullable Object json(JsonNode value) {
        return value.isString()
                ? value.stringValue()
                : value.isIntegralNumber()
                        ? (Object) value.longValue()
                        : value.isNumber()
                                ? value.decimalValue()
                                : value.isBoolean() ? (Object) value.booleanValue() : null;
    }
}
