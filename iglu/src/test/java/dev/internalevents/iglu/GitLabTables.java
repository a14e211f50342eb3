package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads GitLab's schemas from tables in Markdown. There is a section for each schema, with its versions and what each
 * requires, and a row for each field, with its current rules, the version that introduced them, and its earlier rules.
 */
final class GitLabTables {

    private static final String TYPE = "string|integer|number|boolean|array|object|null";
    private static final Pattern TYPES = Pattern.compile("((?:" + TYPE + ")(?: or (?:" + TYPE + "))*)(?:, (.*))?");
    private static final Pattern VERSIONS = Pattern.compile("(?m)^Versions: (.*)\\.$");
    private static final Pattern RULES =
            Pattern.compile("(?m)^- from ([\\d-]+): required (.*); other keys (allowed|refused)$");
    private static final Pattern LENGTH = Pattern.compile("≤ (\\d+) characters(?:, (.*))?");
    private static final Pattern RANGE = Pattern.compile("(\\d+) to (\\d+)(?:, (.*))?");
    private static final Pattern VALUES =
            Pattern.compile("one of ((?:\"[^\"]*\"|null)(?:, (?:\"[^\"]*\"|null))*)(?:, (.*))?");

    private static final String REMOVED = "(removed)";

    private GitLabTables() {}

    /** Returns the schemas that the tables describe, as JSON Schema, in the order of the tables. */
    static Map<SchemaKey, JsonNode> read(Path file) throws IOException {
        Map<SchemaKey, JsonNode> schemas = new LinkedHashMap<>();
        for (String section : Files.readString(file).split("(?m)^## ", -1)) {
            Matcher versions = VERSIONS.matcher(section);
            if (versions.find()) {
                String name = section.lines().findFirst().orElseThrow().strip();
                for (String version : versions.group(1).split(", ")) {
                    schemas.put(SchemaKey.of("com.gitlab", name, version), schema(section, version));
                }
            }
        }
        return schemas;
    }

    private static JsonNode schema(String section, String version) {
        SchemaVersion at = SchemaVersion.parse(version);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        Matcher rules = RULES.matcher(section);
        boolean closed = false;
        while (rules.find()) {
            if (SchemaVersion.parse(rules.group(1)).compareTo(at) <= 0) {
                schema.remove("required");
                if (!rules.group(2).equals("nothing")) {
                    schema.put("required", List.of(rules.group(2).split(", ")));
                }
                closed = rules.group(3).equals("refused");
            }
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        section.lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| field "))
                .map(line -> Stream.of(line.split("\\|", -1)).map(String::strip).toList())
                .forEach(cells -> {
                    String state = state(cells, at);
                    if (state != null && !state.equals(REMOVED)) {
                        properties.put(cells.get(1), rule(state));
                    }
                });
        schema.put("properties", properties);
        if (closed) {
            schema.put("additionalProperties", false);
        }
        // Converted through text, so that a number is the same kind of node as in a file.
        return JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(schema));
    }

    /** Returns the rules of a field in a version; null if the field does not exist yet. */
    private static @Nullable String state(List<String> cells, SchemaVersion at) {
        TreeMap<SchemaVersion, String> states = new TreeMap<>();
        states.put(SchemaVersion.parse(cells.get(3)), cells.get(2));
        for (String before : cells.get(4).split("; (?=\\d+-\\d+-\\d+: )")) {
            if (!before.isEmpty()) {
                String[] parts = before.split(": ", 2);
                states.put(SchemaVersion.parse(parts[0]), parts[1]);
            }
        }
        Map.Entry<SchemaVersion, String> state = states.floorEntry(at);
        return state == null ? null : state.getValue();
    }

    private static Map<String, Object> rule(String text) {
        Matcher types = TYPES.matcher(text);
        if (!types.matches()) {
            throw new IllegalArgumentException(text);
        }
        Map<String, Object> rule = new LinkedHashMap<>();
        List<String> names = List.of(types.group(1).split(" or "));
        rule.put("type", names.size() == 1 ? names.get(0) : names);
        String rest = types.group(2);
        while (rest != null) {
            rest = addLimit(rule, rest);
        }
        return rule;
    }

    /** Adds the first limit of the text; returns the rest, or null if there is none. */
    private static @Nullable String addLimit(Map<String, Object> rule, String text) {
        Matcher length = LENGTH.matcher(text);
        Matcher range = RANGE.matcher(text);
        Matcher values = VALUES.matcher(text);
        if (length.matches()) {
            rule.put("maxLength", Integer.valueOf(length.group(1)));
            return length.group(2);
        } else if (range.matches()) {
            rule.put("minimum", new BigDecimal(range.group(1)));
            rule.put("maximum", new BigDecimal(range.group(2)));
            return range.group(3);
        } else if (values.matches()) {
            rule.put("enum", JsonMapper.shared().readTree("[" + values.group(1) + "]"));
            return values.group(2);
        } else if (text.startsWith("no other keys")) {
            rule.put("additionalProperties", false);
            return text.substring("no other keys, ".length());
        } else if (text.startsWith("items ")) {
            rule.put("items", rule(text.substring("items ".length())));
            return null;
        } else if (text.startsWith("keys ")) {
            Map<String, Object> properties = new LinkedHashMap<>();
            List<String> keys =
                    new ArrayList<>(List.of(text.substring("keys ".length()).split("; ")));
            keys.forEach(key -> properties.put(key.split(": ", 2)[0], rule(key.split(": ", 2)[1])));
            rule.put("properties", properties);
            return null;
        }
        throw new IllegalArgumentException(Objects.requireNonNull(text));
    }
}
