package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares the shipped schemas with those of Iglu Central, in the folder that {@code IGLU_CENTRAL} names. */
@EnabledIf(
        value = "dev.internalevents.iglu.IgluCentralTest#isThere",
        disabledReason = "there is no copy of Iglu Central; IGLU_CENTRAL names its folder")
class ShippedAndIgluCentralTest {

    @Test
    void each_shipped_schema_is_equivalent_to_the_one_in_iglu_central() throws Exception {
        for (SchemaKey key : keys()) {
            JsonNode shipped =
                    rules(ShippedSchemasTest.read(ShippedSchemasTest.folder().resolve(key.path())));
            JsonNode central = rules(ShippedSchemasTest.read(central().resolve(key.path())));

            assertThat(shipped).as("%s", key).isEqualTo(central);
        }
    }

    @Test
    void properties_have_the_order_of_iglu_central() throws Exception {
        for (SchemaKey key : keys()) {
            JsonNode shipped =
                    ShippedSchemasTest.read(ShippedSchemasTest.folder().resolve(key.path()));
            JsonNode central = ShippedSchemasTest.read(central().resolve(key.path()));

            assertThat(shipped.path("properties").propertyNames())
                    .as("%s", key)
                    .containsExactlyElementsOf(central.path("properties").propertyNames());
        }
    }

    @Test
    void each_version_in_iglu_central_of_a_shipped_schema_is_shipped() throws Exception {
        List<SchemaKey> shipped = keys();
        for (SchemaKey key : shipped) {
            Path versions = central().resolve(key.path()).getParent();
            try (Stream<Path> files = Files.list(versions)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .allSatisfy(version ->
                                assertThat(shipped).contains(SchemaKey.of(key.vendor(), key.name(), version)));
            }
        }
    }

    @Test
    void random_values_are_validated_in_the_same_way(TestInfo test, TestReporter report) throws Exception {
        SchemaValidator ours = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));
        SchemaValidator theirs =
                new SchemaValidator(new Resolver(List.of(new FolderRegistry(IgluCentralTest.folder()))));
        AtomicInteger good = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<SchemaKey> keys = keys();
        for (SchemaKey key : keys) {
            ShippedSchemasTest.forEachInstance(key, (what, data, valid) -> {
                SelfDescribingJson json = new SelfDescribingJson(key, data);
                List<Violation> violations = ours.validate(json);
                assertThat(violations)
                        .as("%s, %s: %s", key, what, data)
                        .containsExactlyInAnyOrderElementsOf(theirs.validate(json))
                        .matches(found -> found.isEmpty() == valid, valid ? "is good" : "fails");
                (valid ? good : failed).incrementAndGet();
            });
        }
        report.publishEntry(
                test.getDisplayName(),
                "%d schemas, %d good and %d failed values".formatted(keys.size(), good.get(), failed.get()));
    }

    private static List<SchemaKey> keys() throws Exception {
        return ShippedSchemasTest.keys().stream()
                .filter(key -> !ShippedSchemasTest.isGitLabs(key))
                .toList();
    }

    private static Path central() {
        return IgluCentralTest.folder().resolve("schemas");
    }

    /** Returns a schema without its names and descriptions, and with its lists of names sorted. */
    private static JsonNode rules(JsonNode schema) {
        ObjectNode rules = (ObjectNode) schema.deepCopy();
        rules.remove(List.of("$schema", "self"));
        strip(rules);
        return rules;
    }

    private static void strip(JsonNode node) {
        if (!(node instanceof ObjectNode schema)) {
            return;
        }
        schema.remove(List.of("description", "title"));
        if (schema.get("required") instanceof ArrayNode required) {
            List<String> names = new ArrayList<>(new TreeSet<>(
                    required.valueStream().map(JsonNode::stringValue).toList()));
            schema.set("required", JsonMapper.shared().valueToTree(names));
        }
        schema.path("properties").forEach(ShippedAndIgluCentralTest::strip);
        schema.path("definitions").forEach(ShippedAndIgluCentralTest::strip);
        schema.path("anyOf").forEach(ShippedAndIgluCentralTest::strip);
        strip(schema.path("items"));
        strip(schema.path("additionalProperties"));
    }
}
