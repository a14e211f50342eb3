package dev.internalevents.iglu;

import com.networknt.schema.Error;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.ValidationLimitExceededException;
import dev.internalevents.protocol.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks schemas against the schema of draft 4, as Snowplow's pipeline does before it uses one. The library decides
 * whether a schema is valid; the message for an invalid one says what draft 4 expects in that place. Safe for use by
 * several threads.
 */
final class MetaSchema {

    private static final int MAX_SHOWN = 60;
    /** The limit of nodes, in which a schema within another counts for each of them. */
    private static final long MAX_REFERRED_NODES = 2_000_000;

    private static final String SCHEMA = "a schema, which is an object";
    private static final String SCHEMAS = "an array of at least one schema";
    private static final String MAP = "an object of schemas by name";
    private static final String COUNT = "a whole number of 0 or more";
    private static final String NAMES = "an array of at least one name, each once";

    /** What draft 4 expects of each keyword. */
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("id", "a string"),
            Map.entry("$schema", "a string"),
            Map.entry("title", "a string"),
            Map.entry("description", "a string"),
            Map.entry("multipleOf", "a number above 0"),
            Map.entry("maximum", "a number"),
            Map.entry("exclusiveMaximum", "true or false; the limit itself is \"maximum\""),
            Map.entry("minimum", "a number"),
            Map.entry("exclusiveMinimum", "true or false; the limit itself is \"minimum\""),
            Map.entry("maxLength", COUNT),
            Map.entry("minLength", COUNT),
            Map.entry("pattern", "a regular expression as a string"),
            Map.entry("additionalItems", "true, false or a schema"),
            Map.entry("items", "a schema, or an array of at least one schema"),
            Map.entry("maxItems", COUNT),
            Map.entry("minItems", COUNT),
            Map.entry("uniqueItems", "true or false"),
            Map.entry("maxProperties", COUNT),
            Map.entry("minProperties", COUNT),
            Map.entry("required", NAMES + ", in the schema of the object"),
            Map.entry("additionalProperties", "true, false or a schema"),
            Map.entry("definitions", MAP),
            Map.entry("properties", MAP),
            Map.entry("patternProperties", MAP),
            Map.entry("dependencies", "an object of schemas, or of arrays of names, by name"),
            Map.entry("enum", "an array of at least one value, each once"),
            Map.entry(
                    "type",
                    "array, boolean, integer, null, number, object or string, or an array of some of them, each once"),
            Map.entry("format", "a string"),
            Map.entry("allOf", SCHEMAS),
            Map.entry("anyOf", SCHEMAS),
            Map.entry("oneOf", SCHEMAS),
            Map.entry("not", SCHEMA));

    private final Schema draft4;

    MetaSchema(SchemaRegistry registry) {
        draft4 = registry.getSchema(load());
        draft4.initializeValidators();
    }

    /** Loads the schema of draft 4, which is included in the library. */
    private static ObjectNode load() {
        try (InputStream in = Objects.requireNonNull(Schema.class.getResourceAsStream("/draft-04/schema"))) {
            ObjectNode schema = (ObjectNode) JsonMapper.shared().readTree(in);
            schema.remove(List.of("id", "$schema"));
            return schema;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns what is wrong with a schema, in the order of its fields; empty if nothing is. Draft 4 does not define the
     * values of other keywords, such as {@code $defs}, but a value there that a {@code $ref} leads to is checked as a
     * schema too.
     */
    List<SchemaProblem> problems(JsonNode schema) {
        List<SchemaProblem> problems = new ArrayList<>(problemsInside(schema));
        if (!problems.isEmpty()) {
            return problems;
        }
        long nodes = 0;
        for (SubSchemas.At referred : SubSchemas.referred(SubSchemas.of(schema))) {
            nodes += BoundedExecution.nodes(referred.node());
            if (nodes > MAX_REFERRED_NODES) {
                return List.of(new SchemaProblem("", "it is too large to be checked"));
            }
            for (SchemaProblem problem : problemsInside(referred.node())) {
                problems.add(new SchemaProblem(referred.place() + problem.pointer(), problem.message()));
            }
            if (problems.size() >= BoundedExecution.MAX_ERRORS) {
                break;
            }
        }
        return problems;
    }

    private List<SchemaProblem> problemsInside(JsonNode schema) {
        List<Error> errors;
        try {
            errors = draft4.validate(BoundedExecution.of(schema), schema, OutputFormat.DEFAULT);
        } catch (ValidationLimitExceededException e) {
            return List.of(new SchemaProblem("", "it is too large to be checked"));
        }
        if (errors.isEmpty()) {
            return List.of();
        }
        Map<String, SchemaProblem> problems = new LinkedHashMap<>();
        for (Error error : errors) {
            String at = String.valueOf(error.getInstanceLocation());
            if ("dependencies".equals(error.getKeyword()) && error.getInstanceNode() != null) {
                addMissingLimit(at, error.getInstanceNode(), problems);
            } else {
                Place place = place(at);
                problems.putIfAbsent(
                        place.pointer(),
                        new SchemaProblem(
                                place.pointer(),
                                "found " + shown(schema.at(place.pointer())) + ", expected " + place.expected()));
            }
        }
        return withoutAlternatives(problems);
    }

    private static void addMissingLimit(String at, JsonNode schema, Map<String, SchemaProblem> problems) {
        for (String limit : List.of("Minimum", "Maximum")) {
            String inclusive = limit.replace('M', 'm');
            if (schema.has("exclusive" + limit) && !schema.has(inclusive)) {
                String pointer = at + "/exclusive" + limit;
                problems.putIfAbsent(
                        pointer, new SchemaProblem(pointer, "found no \"" + inclusive + "\" beside it, expected one"));
            }
        }
    }

    /** Drops the problems of a value if something inside it is reported too, which is more specific. */
    private static List<SchemaProblem> withoutAlternatives(Map<String, SchemaProblem> problems) {
        List<SchemaProblem> kept = new ArrayList<>();
        for (SchemaProblem problem : problems.values()) {
            String inside = problem.pointer() + "/";
            if (problem.pointer().isEmpty()
                    || problems.keySet().stream().noneMatch(pointer -> pointer.startsWith(inside))) {
                kept.add(problem);
            }
        }
        return List.copyOf(kept);
    }

    private record Place(String pointer, String expected) {}

    /** Returns the keyword, or the schema, that a place in a schema belongs to. */
    private static Place place(String pointer) {
        if (pointer.isEmpty()) {
            return new Place("", SCHEMA);
        }
        String[] names = pointer.substring(1).split("/", -1);
        StringBuilder at = new StringBuilder();
        int i = 0;
        while (true) {
            String keyword = names[i++];
            at.append('/').append(keyword);
            String expected = EXPECTED.getOrDefault(keyword, SCHEMA);
            boolean isMap = SubSchemas.MAPS.contains(keyword);
            if (i == names.length || !(isMap || SubSchemas.SCHEMAS.contains(keyword))) {
                return new Place(at.toString(), expected);
            }
            if (isMap) {
                at.append('/').append(names[i++]);
                expected = "dependencies".equals(keyword) ? "a schema, or " + NAMES : SCHEMA;
            } else if (isIndex(names[i])) {
                at.append('/').append(names[i++]);
                expected = SCHEMA;
            }
            if (i == names.length || isIndex(names[i])) {
                return new Place(at.toString(), expected);
            }
        }
    }

    private static boolean isIndex(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String shown(@Nullable JsonNode found) {
        String text = String.valueOf(found);
        return Excerpt.of(text, MAX_SHOWN);
    }
}
