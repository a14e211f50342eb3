package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares the shipped schemas of GitLab with the tables in the file that {@code GITLAB_SCHEMA_TABLES} names. */
@EnabledIf(
        value = "isThere",
        disabledReason = "there are no tables of GitLab's schemas; GITLAB_SCHEMA_TABLES names their file")
class GitLabTablesTest {

    private static final String FILE = "GITLAB_SCHEMA_TABLES";

    /** Strings, and strings in lists, that must not be empty in GitLab's registry; the tables leave that out. */
    private static final Set<String> NOT_EMPTY =
            Set.of("event_id", "event_type", "instance_id", "feature_id", "seat_ids", "assignments");

    private static Map<SchemaKey, JsonNode> tables;

    static boolean isThere() {
        String file = System.getenv(FILE);
        return file != null && Files.isRegularFile(Path.of(file));
    }

    @BeforeAll
    static void read() throws Exception {
        tables = GitLabTables.read(Path.of(Objects.requireNonNull(System.getenv(FILE))));
        tables.forEach((key, schema) -> {
            if (key.name().equals("billable_usage")) {
                addMinLengths((ObjectNode) schema.get("properties"));
            }
        });
    }

    private static void addMinLengths(ObjectNode properties) {
        properties
                .propertyStream()
                .filter(property -> NOT_EMPTY.contains(property.getKey()))
                .forEach(property -> {
                    JsonNode items = property.getValue().get("items");
                    ((ObjectNode) (items == null ? property.getValue() : items)).put("minLength", 1);
                });
    }

    @Test
    void every_version_in_the_tables_is_shipped_and_no_other() throws Exception {
        assertThat(ShippedSchemasTest.gitLabKeys()).containsExactlyInAnyOrderElementsOf(tables.keySet());
    }

    @Test
    void each_version_has_the_rules_of_the_tables() {
        tables.forEach((key, schema) -> assertThat(rules(key)).as("%s", key).isEqualTo(schema));
    }

    @Test
    void random_values_of_the_tables_are_validated_as_the_tables_say(TestInfo test, TestReporter report) {
        SchemaValidator shipped = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));
        AtomicInteger judged = new AtomicInteger();
        tables.forEach((key, schema) -> ShippedSchemasTest.forEachInstance(key, schema, (what, data, good) -> {
            judge(shipped, key, what, data, good);
            judged.incrementAndGet();
        }));
        report.publishEntry(test.getDisplayName(), "%d schemas, %d values".formatted(tables.size(), judged.get()));
    }

    @Test
    void random_values_of_the_shipped_schemas_are_validated_by_the_tables_in_the_same_way(@TempDir Path folder)
            throws Exception {
        for (Map.Entry<SchemaKey, JsonNode> table : tables.entrySet()) {
            Path file = folder.resolve(table.getKey().path());
            Files.createDirectories(file.getParent());
            Files.writeString(file, table.getValue().toString());
        }
        SchemaValidator byTables = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));
        tables.keySet()
                .forEach(key -> ShippedSchemasTest.forEachInstance(
                        key, rules(key), (what, data, good) -> judge(byTables, key, what, data, good)));
    }

    private static void judge(SchemaValidator validator, SchemaKey key, String what, Object data, boolean good) {
        assertThat(validator.validate(new SelfDescribingJson(key, data)))
                .as("%s, %s: %s", key, what, data)
                .matches(violations -> violations.isEmpty() == good, good ? "is good" : "fails");
    }

    /** Returns a shipped schema without its names. */
    private static JsonNode rules(SchemaKey key) {
        ObjectNode schema = (ObjectNode) ShippedSchemasTest.schema(key);
        schema.remove(List.of("$schema", "description", "self"));
        return schema;
    }
}
