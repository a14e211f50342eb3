package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Values of real schemas are validated here as in Snowplow's pipeline: the same verdict, for the same keywords. By
 * default, a tenth of the schemas is compared; {@code -Dschemas.all=true}, which {@code -Pnightly} sets, compares all.
 */
@EnabledIf(
        value = "isThere",
        disabledReason = "there is no copy of Iglu Central (IGLU_CENTRAL names its folder), or no"
                + " target/pipeline-validator, which Maven fills")
class PipelineComparisonTest {

    private static final boolean ALL = Boolean.getBoolean("schemas.all");
    private static final int VALID = 8;
    private static final int VIOLATING = 12;
    private static final double LEAST_ALIKE = 0.998;

    static boolean isThere() {
        return PipelineValidator.isThere() && IgluCentralTest.isThere();
    }

    /** The results of the comparison. */
    private static final class Tally {
        private int compared;
        private int good;
        /** The number of values for which the keywords differ in an expected way. */
        private int ofAlternatives;

        private final List<String> different = new ArrayList<>();
        private final Map<String, Integer> keywords = new TreeMap<>();

        private void add(String what, String data, boolean good, Set<String> ours, PipelineValidator.Answer theirs) {
            compared++;
            this.good += theirs.good() ? 1 : 0;
            theirs.keywords().forEach(keyword -> keywords.merge(keyword, 1, Integer::sum));
            // If no alternative matches, this library names oneOf and what each alternative violates; the pipeline
            // names only some of that.
            boolean isOfAlternatives = ours.contains("oneOf")
                    && !theirs.keywords().contains("oneOf")
                    && !theirs.keywords().isEmpty()
                    && ours.containsAll(theirs.keywords());
            if (good == theirs.good() && isOfAlternatives) {
                ofAlternatives++;
            } else if (good != theirs.good() || !ours.equals(theirs.keywords())) {
                different.add(what + " " + (data.length() > 300 ? data.substring(0, 300) + "…" : data) + ": here "
                        + (good ? "good" : "bad") + " " + ours + ", in the pipeline "
                        + (theirs.thrown() ? "it throws" : (theirs.good() ? "good" : "bad") + " " + theirs.keywords()));
            }
        }

        private void check(String title) {
            System.out.println(title + ": " + compared + " compared, " + good + " of them good, " + different.size()
                    + " different, " + ofAlternatives + " named differently within oneOf; violated " + keywords);
            different.forEach(System.out::println);
            assertThat(different).hasSizeLessThanOrEqualTo((int) (compared * (1 - LEAST_ALIKE)));
        }
    }

    @Test
    void values_of_real_schemas_are_validated_as_in_the_pipeline() throws Exception {
        Path folder = IgluCentralTest.folder();
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));
        Tally tally = new Tally();
        try (PipelineValidator pipeline = new PipelineValidator()) {
            for (SchemaKey key : keys()) {
                String text = Files.readString(folder.resolve("schemas").resolve(key.path()));
                Object theirs = pipeline.schema(text);
                SchemaInstances instances = new SchemaInstances((Map<?, ?>) Json.parse(text), key.hashCode());
                for (int i = 0; i < VALID + VIOLATING; i++) {
                    String data = SchemaInstances.json(i < VALID ? instances.valid() : instances.violating());
                    SelfDescribingJson json = new SelfDescribingJson(key, Json.parse(data));
                    tally.add(
                            key.toString(),
                            data,
                            validator.validate(json).isEmpty(),
                            validator.violatedKeywords(json),
                            pipeline.validate(theirs, data));
                }
            }
        }

        tally.check("Values of real schemas");
        assertThat(tally.good).isBetween(tally.compared * 35 / 100, tally.compared * 45 / 100);
    }

    @Test
    void real_schemas_with_a_mistake_are_validated_as_in_the_pipeline() throws Exception {
        Path folder = IgluCentralTest.folder();
        List<Object> wrong =
                List.of(true, 0, -1, 1.5, "3", "strng", List.of(), List.of("a", "a"), Map.of(), Map.of("a", 1));
        List<String> keywords = List.of(
                "type",
                "required",
                "minLength",
                "maxLength",
                "minimum",
                "exclusiveMinimum",
                "maximum",
                "exclusiveMaximum",
                "enum",
                "items",
                "additionalProperties",
                "additionalItems",
                "properties",
                "patternProperties",
                "anyOf",
                "allOf",
                "oneOf",
                "not",
                "multipleOf",
                "uniqueItems",
                "minItems",
                "maxItems",
                "dependencies",
                "format",
                "title",
                "description",
                "definitions",
                "minProperties",
                "maxProperties",
                "id");
        Tally tally = new Tally();
        try (PipelineValidator pipeline = new PipelineValidator();
                InputStream in = com.networknt.schema.Schema.class.getResourceAsStream("/draft-04/schema")) {
            Object draft4 = pipeline.plainSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            for (SchemaKey key : keys()) {
                String text = Files.readString(folder.resolve("schemas").resolve(key.path()));
                Random random = new Random(key.hashCode());
                for (int i = 0; i < 6; i++) {
                    String changed = SchemaInstances.json(changed(
                            Json.parse(text),
                            keywords.get(random.nextInt(keywords.size())),
                            wrong.get(random.nextInt(wrong.size())),
                            random));
                    boolean good = SchemaCheck.problems(key, changed).isEmpty();
                    PipelineValidator.Answer theirs = pipeline.validate(draft4, changed);
                    tally.add(key.toString(), changed, good, theirs.keywords(), theirs);
                }
            }
        }

        tally.check("Real schemas with a mistake");
    }

    /** Returns the schema with a keyword changed somewhere among its properties. */
    private static Object changed(Object schema, String keyword, Object value, Random random) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) schema).forEach((key, each) -> copy.put((String) key, each));
        if (copy.get("properties") instanceof Map<?, ?> properties && !properties.isEmpty() && random.nextInt(3) > 0) {
            Map<String, Object> inner = new LinkedHashMap<>();
            properties.forEach((key, each) -> inner.put((String) key, each));
            String name = List.copyOf(inner.keySet()).get(random.nextInt(inner.size()));
            inner.put(name, changed(inner.get(name), keyword, value, random));
            copy.put("properties", inner);
        } else {
            copy.put(keyword, value);
        }
        return copy;
    }

    @Test
    void strings_are_validated_by_each_format_as_in_the_pipeline() throws Exception {
        SchemaKey key = SchemaKey.of("com.acme", "text", "1-0-0");
        Tally tally = new Tally();
        try (PipelineValidator pipeline = new PipelineValidator()) {
            for (String format : PipelineValidator.formats()) {
                String schema = "{\"format\":\"" + format + "\"}";
                SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new OneSchema(schema))));
                Object theirs = pipeline.schema(schema);
                for (String text : FormatTexts.changed(ALL ? 12 : 2)) {
                    SelfDescribingJson json = new SelfDescribingJson(key, text);
                    tally.add(
                            format,
                            Json.write(text),
                            validator.validate(json).isEmpty(),
                            validator.violatedKeywords(json),
                            pipeline.validate(theirs, Json.write(text)));
                }
            }
        }

        tally.check("Texts of formats");
        assertThat(tally.different).isEmpty();
    }

    private static List<SchemaKey> keys() throws IOException {
        List<SchemaKey> all = IgluCentralTest.keys(IgluCentralTest.folder().resolve("schemas")).stream()
                .sorted(java.util.Comparator.comparing(SchemaKey::toString))
                .toList();
        List<SchemaKey> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += ALL ? 1 : 10) {
            some.add(all.get(i));
        }
        return some;
    }
}
