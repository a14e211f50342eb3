package dev.internalevents.iglu.lint;

import dev.internalevents.iglu.SchemaParts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Checks a schema that draft 4 allows for rules that contradict each other, which are errors, and for what igluctl
 * advises against, which are warnings under igluctl's names. For one schema and one thread.
 */
final class SchemaRules {

    /** The checks whose warnings can be skipped. */
    static final Set<String> SKIPPABLE = new TreeSet<>(Set.of(
            "rootObject",
            "unknownFormats",
            "numericMinMax",
            "stringLength",
            "stringMaxLengthRange",
            "optionalNull",
            "description",
            "unknownKeywords",
            "references",
            "duplicateKeys",
            "versions"));

    private static final int MAX_STRING = 65_535;

    private static final Set<String> FORMATS = Set.of(
            "date",
            "date-time",
            "time",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "ip-address",
            "uri",
            "uuid",
            "duration",
            "color",
            "phone",
            "alpha",
            "alphanumeric",
            "utc-millisec",
            "style");

    private static final Set<String> KEYWORDS = Set.of(
            "id",
            "$schema",
            "$ref",
            "$supersedes",
            "$supersededBy",
            "self",
            "title",
            "description",
            "default",
            "multipleOf",
            "maximum",
            "exclusiveMaximum",
            "minimum",
            "exclusiveMinimum",
            "maxLength",
            "minLength",
            "pattern",
            "additionalItems",
            "items",
            "maxItems",
            "minItems",
            "uniqueItems",
            "maxProperties",
            "minProperties",
            "required",
            "additionalProperties",
            "definitions",
            "properties",
            "patternProperties",
            "dependencies",
            "enum",
            "type",
            "format",
            "allOf",
            "anyOf",
            "oneOf",
            "not");

    /** Keywords that apply only to values of certain types, by these types. */
    private static final Map<Set<String>, List<String>> OF_TYPE = Map.of(
            Set.of("string"),
            List.of("maxLength", "minLength", "pattern", "format"),
            Set.of("number", "integer"),
            List.of("maximum", "minimum", "multipleOf"),
            Set.of("array"),
            List.of("items", "maxItems", "minItems", "uniqueItems"),
            Set.of("object"),
            List.of("properties", "required", "maxProperties", "minProperties"));

    private static final List<List<String>> LIMITS = List.of(
            List.of("minimum", "maximum"),
            List.of("minLength", "maxLength"),
            List.of("minItems", "maxItems"),
            List.of("minProperties", "maxProperties"));

    private final Path file;
    private final List<Finding> findings = new ArrayList<>();

    private SchemaRules(Path file) {
        this.file = file;
    }

    static List<Finding> check(Path file, JsonNode schema) {
        SchemaRules rules = new SchemaRules(file);
        rules.root(schema);
        SchemaParts.forEach(schema, rules::part);
        return rules.findings;
    }

    private void root(JsonNode schema) {
        if (!types(schema).contains("object") || !schema.path("properties").isObject()) {
            warning(
                    "",
                    "rootObject",
                    "the data may be something other than an object; expected \"type\": \"object\" and \"properties\"");
        }
    }

    private void part(String pointer, JsonNode schema) {
        contradictions(pointer, schema);
        for (String name : schema.propertyNames()) {
            if (!KEYWORDS.contains(name)) {
                warning(
                        pointer + "/" + SchemaParts.escape(name),
                        "unknownKeywords",
                        "is not a keyword of draft 4, so it has no effect; expected a keyword of draft 4");
            }
        }
        JsonNode ref = schema.path("$ref");
        if (ref.isString() && !ref.asString().startsWith("#")) {
            warning(
                    pointer + "/$ref",
                    "references",
                    "references are not fetched, so this allows every value; expected # and a JSON pointer");
        }
        format(pointer, schema);
        sizes(pointer, schema);
        properties(pointer, schema);
    }

    private void contradictions(String pointer, JsonNode schema) {
        for (List<String> limits : LIMITS) {
            JsonNode min = schema.path(limits.get(0));
            JsonNode max = schema.path(limits.get(1));
            if (min.isNumber() && max.isNumber() && min.decimalValue().compareTo(max.decimalValue()) > 0) {
                error(
                        pointer,
                        limits.get(0) + " (" + min + ") is above " + limits.get(1) + " (" + max
                                + "), so no value is valid");
            }
        }
        Set<String> types = types(schema);
        OF_TYPE.forEach((of, keywords) -> {
            if (!types.isEmpty() && types.stream().noneMatch(of::contains)) {
                keywords.stream()
                        .filter(schema::has)
                        .forEach(keyword -> error(
                                pointer + "/" + keyword,
                                "applies only to values of type " + String.join(" or ", new TreeSet<>(of))
                                        + ", which \"type\" does not allow (" + String.join(", ", types) + ")"));
            }
        });
        if (isFalse(schema.path("additionalProperties")) && !schema.has("patternProperties")) {
            for (JsonNode name : schema.path("required").values()) {
                if (!schema.path("properties").has(name.asString(""))) {
                    error(
                            pointer + "/required",
                            "requires \"" + name.asString("")
                                    + "\", which additionalProperties forbids; expected it among properties");
                }
            }
        }
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.asBoolean();
    }

    private void format(String pointer, JsonNode schema) {
        JsonNode format = schema.path("format");
        if (format.isString() && !FORMATS.contains(format.asString())) {
            warning(
                    pointer + "/format",
                    "unknownFormats",
                    format + " is not checked; expected one of " + String.join(", ", new TreeSet<>(FORMATS)));
        }
    }

    private void sizes(String pointer, JsonNode schema) {
        Set<String> types = types(schema);
        if (schema.has("enum")) {
            return;
        }
        if ((types.contains("integer") || types.contains("number"))
                && !(schema.has("minimum") && schema.has("maximum"))) {
            warning(pointer, "numericMinMax", "a number without limits; expected minimum and maximum");
        }
        if (types.contains("string")) {
            JsonNode max = schema.path("maxLength");
            if (max.isMissingNode() && !schema.has("format")) {
                warning(pointer, "stringLength", "a string of unlimited length; expected maxLength, format or enum");
            } else if (max.isNumber() && max.asLong(0) > MAX_STRING) {
                warning(
                        pointer + "/maxLength",
                        "stringMaxLengthRange",
                        "found " + max + ", expected at most 65535, the maximum length of a Redshift column");
            }
        }
    }

    private void properties(String pointer, JsonNode schema) {
        Set<String> required = schema.path("required").values().stream()
                .map(name -> name.asString(""))
                .collect(Collectors.toSet());
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String place = pointer + "/properties/" + SchemaParts.escape(property.getKey());
            JsonNode inner = property.getValue();
            if (!inner.path("description").isString()) {
                warning(place, "description", "has no description");
            }
            Set<String> types = types(inner);
            boolean isAnything = types.isEmpty() && !inner.has("enum");
            if (!required.contains(property.getKey()) && !isAnything && !types.contains("null") && !allowsNull(inner)) {
                warning(place, "optionalNull", "may be missing but not null; expected null among its types");
            }
        }
    }

    private static boolean allowsNull(JsonNode schema) {
        return schema.path("enum").values().stream().anyMatch(JsonNode::isNull);
    }

    private static Set<String> types(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isString()
                ? Set.of(type.asString())
                : type.values().stream().map(each -> each.asString("")).collect(Collectors.toCollection(TreeSet::new));
    }

    private void error(String pointer, String message) {
        findings.add(Finding.error(file, pointer, "contradiction", message));
    }

    private void warning(String pointer, String check, String message) {
        findings.add(Finding.warning(file, pointer, check, message));
    }
}
