package dev.internalevents.iglu;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.regex.RegularExpressionFactory;
import dev.internalevents.protocol.Excerpt;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compiles a schema's text to a validator, if Snowplow's pipeline could use it: the schema itself is checked first.
 * Safe for use by several threads.
 */
final class SchemaCompiler {

    /** The exact value that {@code $schema} must have; the pipeline's validator knows no other. */
    static final String IGLU_META_SCHEMA =
            "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#";

    /** The only schema on the network that is known here. */
    private static final String DRAFT_4 = "http://json-schema.org/draft-04/schema";

    private static final byte[] ANYTHING = "{}".getBytes(StandardCharsets.UTF_8);
    private static final int MAX_SHOWN = 200;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final RegularExpressionFactory regularExpressions = new BoundedRegularExpressions();
    private final SchemaRegistry draft4 = SchemaRegistry.withDefaultDialect(
            BoundedFormats.draft4(),
            // Nothing is ever fetched for a schema. The pipeline treats a schema on the network as an empty schema.
            builder -> builder.schemaLoader(
                            loader -> loader.fetchRemoteResources(false).block(iri -> !isOnTheNetwork(iri.toString())))
                    .resourceLoaders(loaders -> loaders.add(iri -> () -> new ByteArrayInputStream(ANYTHING)))
                    .schemaCacheEnabled(false)
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .locale(Locale.ENGLISH)
                            .formatAssertionsEnabled(true)
                            .regularExpressionFactory(regularExpressions)
                            .build()));

    private final MetaSchema metaSchema = new MetaSchema(draft4);

    /**
     * A compiled schema.
     *
     * @param validator null if the schema cannot be used
     * @param plain null if the schema has rules that only the validator knows
     * @param fields the names of the properties at its top level
     * @param supersededBy the version to check data with instead; null if it is this version
     * @param problems what is wrong with the schema; empty if and only if there is a validator
     */
    record Compiled(
            @Nullable Schema validator,
            @Nullable PlainSchema plain,
            List<String> fields,
            @Nullable SchemaVersion supersededBy,
            List<SchemaProblem> problems) {

        private static Compiled unusable(@Nullable SchemaVersion supersededBy, List<SchemaProblem> problems) {
            return new Compiled(null, null, List.of(), supersededBy, problems);
        }
    }

    /** @param key the name under which the text was found */
    Compiled compile(SchemaKey key, String text) {
        try {
            JsonNode root = JSON.readTree(text);
            return root instanceof ObjectNode schema
                    ? compile(key, schema)
                    : Compiled.unusable(null, List.of(new SchemaProblem("", "it is not a JSON object")));
        } catch (JacksonException e) {
            return Compiled.unusable(null, List.of(new SchemaProblem("", "it is not JSON: " + firstLine(e))));
        } catch (StackOverflowError e) {
            return Compiled.unusable(null, List.of(new SchemaProblem("", "it is nested too deeply")));
        }
    }

    private Compiled compile(SchemaKey key, ObjectNode schema) {
        List<SchemaProblem> problems = new ArrayList<>();
        SchemaVersion supersededBy = supersededBy(key, schema.get("$supersededBy"), problems);
        checkSelf(key, schema.get("self"), problems);
        checkMetaSchema(schema.get("$schema"), problems);
        problems.addAll(metaSchema.problems(schema));
        if (problems.isEmpty()) {
            checkPatterns(schema, problems);
            resolveNames(schema);
            checkReferences(schema, problems);
        }
        if (!problems.isEmpty()) {
            return Compiled.unusable(supersededBy, List.copyOf(problems));
        }
        // Remove Iglu's additions to draft 4, which the validator does not know.
        schema.remove(List.of("$schema", "self", "id", "$supersedes", "$supersededBy"));
        removeIdsWithoutUse(schema);
        try {
            Schema validator = draft4.getSchema(schema);
            validator.initializeValidators();
            return new Compiled(
                    validator,
                    PlainSchema.of(schema, regularExpressions),
                    List.copyOf(schema.path("properties").propertyNames()),
                    supersededBy,
                    List.of());
        } catch (SchemaException | IllegalArgumentException e) {
            return Compiled.unusable(supersededBy, List.of(new SchemaProblem("", firstLine(e))));
        }
    }

    /**
     * Reads {@code $supersededBy}. Only one step is followed, as in the pipeline: Iglu Servers resolve chains
     * themselves.
     */
    private static @Nullable SchemaVersion supersededBy(
            SchemaKey key, @Nullable JsonNode value, List<SchemaProblem> problems) {
        if (value == null) {
            return null;
        }
        try {
            SchemaVersion version = SchemaVersion.parse(value.asString(value.toString()));
            if (value.isString() && version.compareTo(key.version()) > 0) {
                return version;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, with what was expected.
        }
        problems.add(new SchemaProblem(
                "/$supersededBy", "found " + shown(value) + ", expected a version above " + key.version()));
        return null;
    }

    private static void checkSelf(SchemaKey key, @Nullable JsonNode self, List<SchemaProblem> problems) {
        if (self == null) {
            return;
        }
        String named = self.path("vendor").asString("") + "/"
                + self.path("name").asString("") + "/" + self.path("format").asString("") + "/"
                + self.path("version").asString("");
        if (!named.equals(key.path())) {
            problems.add(new SchemaProblem(
                    "/self",
                    "its self block names " + named + ", expected " + key.path() + ", under which it was found"));
        }
    }

    private static void checkMetaSchema(@Nullable JsonNode named, List<SchemaProblem> problems) {
        if (named != null && named.isString() && !named.asString().equals(IGLU_META_SCHEMA)) {
            problems.add(new SchemaProblem(
                    "/$schema",
                    "found " + shown(named) + ", expected \"" + IGLU_META_SCHEMA
                            + "\"; schemas of Iglu are JSON Schema draft 4"));
        }
    }

    private void checkPatterns(JsonNode root, List<SchemaProblem> problems) {
        for (SubSchemas.At schema : SubSchemas.of(root)) {
            JsonNode pattern = schema.node().get("pattern");
            if (pattern != null) {
                checkPattern(pattern.asString(""), schema, "/pattern", problems);
            }
            JsonNode patterns = schema.node().get("patternProperties");
            if (patterns != null) {
                for (String each : patterns.propertyNames()) {
                    checkPattern(each, schema, "/patternProperties/" + SubSchemas.escape(each), problems);
                }
            }
        }
    }

    private void checkPattern(String pattern, SubSchemas.At schema, String place, List<SchemaProblem> problems) {
        try {
            regularExpressions.getRegularExpression(pattern);
        } catch (IllegalArgumentException e) {
            if (problems.size() < BoundedExecution.MAX_ERRORS) {
                problems.add(new SchemaProblem(schema.pointer() + place, shortened(String.valueOf(e.getMessage()))));
            }
        }
    }

    private static void checkReferences(JsonNode root, List<SchemaProblem> problems) {
        String circle = RefCircles.find(root);
        if (circle != null) {
            problems.add(new SchemaProblem("", circle));
        }
        List<SubSchemas.At> schemas = SubSchemas.of(root);
        // With ids, the meaning of a reference depends on the ids around it; the validator resolves those.
        boolean hasIds = schemas.stream().anyMatch(schema -> schema.node().has("id"));
        for (SubSchemas.At schema : schemas) {
            JsonNode ref = schema.node().get("$ref");
            if (ref == null || !ref.isString() || problems.size() >= BoundedExecution.MAX_ERRORS) {
                continue;
            }
            if (isPartOnTheNetwork(ref.asString())) {
                problems.add(new SchemaProblem(
                        schema.pointer() + "/$ref",
                        "found " + shown(ref)
                                + ", a part of a schema on the network, which is not fetched; expected # and"
                                + " a JSON pointer, such as #/definitions/NAME"));
            } else if (!hasIds && !leadsSomewhere(ref.asString(), root)) {
                problems.add(new SchemaProblem(
                        schema.pointer() + "/$ref",
                        "found " + shown(ref) + ", which is not in this schema; expected # and a JSON pointer,"
                                + " such as #/definitions/NAME"));
            }
        }
    }

    /**
     * Returns whether a reference leads to a part of a schema on the network. The pipeline treats a schema on the
     * network, even one with the schema's own {@code id}, as an empty schema, which has no parts.
     */
    private static boolean isPartOnTheNetwork(String ref) {
        int fragment = ref.indexOf('#');
        return isOnTheNetwork(ref)
                && fragment >= 0
                && fragment < ref.length() - 1
                && !ref.substring(0, fragment).equals(DRAFT_4);
    }

    /** Resolves references that are relative to the schema's own address to addresses on the network. */
    private static void resolveNames(ObjectNode root) {
        JsonNode id = root.get("id");
        if (id == null || !id.isString() || !isOnTheNetwork(id.asString())) {
            return;
        }
        List<SubSchemas.At> schemas = SubSchemas.of(root);
        if (schemas.stream().filter(schema -> schema.node().has("id")).count() > 1) {
            return;
        }
        for (SubSchemas.At schema : schemas) {
            JsonNode ref = schema.node().get("$ref");
            if (ref == null
                    || !ref.isString()
                    || ref.asString().isEmpty()
                    || ref.asString().startsWith("#")) {
                continue;
            }
            try {
                URI resolved = new URI(id.asString()).resolve(new URI(ref.asString()));
                if (isOnTheNetwork(resolved.toString())) {
                    ((ObjectNode) schema.node()).put("$ref", resolved.toString());
                }
            } catch (URISyntaxException e) {
                // Left as it is; it is rejected later as a reference that leads nowhere.
            }
        }
    }

    /** Removes ids if no reference needs them: the validator rejects ids that are not URIs. */
    private static void removeIdsWithoutUse(JsonNode root) {
        List<SubSchemas.At> schemas = SubSchemas.of(root);
        if (schemas.stream().allMatch(schema -> isByPlace(schema.node().get("$ref")))) {
            schemas.forEach(schema -> ((ObjectNode) schema.node()).remove("id"));
        }
    }

    private static boolean isByPlace(@Nullable JsonNode ref) {
        return ref == null
                || !ref.isString()
                || isOnTheNetwork(ref.asString())
                || ref.asString().equals("#")
                || ref.asString().startsWith("#/");
    }

    private static boolean leadsSomewhere(String ref, JsonNode root) {
        if (isOnTheNetwork(ref)) {
            return true;
        }
        JsonPointer pointer = RefCircles.pointer(ref);
        return pointer != null && root.at(pointer).isObject();
    }

    static boolean isOnTheNetwork(String iri) {
        return iri.startsWith("http://") || iri.startsWith("https://");
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
    }

    private static String shown(JsonNode found) {
        return shortened(found.toString());
    }

    private static String shortened(String text) {
        return Excerpt.of(text, MAX_SHOWN);
    }
}
