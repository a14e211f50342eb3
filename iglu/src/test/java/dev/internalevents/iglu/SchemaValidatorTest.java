package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaValidatorTest {

    private final SchemaValidator shipped = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));

    @ParameterizedTest
    @ValueSource(strings = {"1-0-0", "1-0-5", "1-1-0", "1-1-1", "1-1-7", "1-9-9"})
    void each_version_of_gitlab_standard_is_judged_alike(String version) {
        SchemaKey key = SchemaKey.of("com.gitlab", "gitlab_standard", version);

        assertThat(shipped.validate(new SelfDescribingJson(
                        key,
                        Json.parse("{\"environment\":\"x\",\"user_id\":\"7\",\"plan\":null,\"future_field\":{}}"))))
                .isEmpty();
        assertThat(shipped.validate(new SelfDescribingJson(
                        key,
                        Json.parse("{\"user_id\":true,\"feature_enabled_by_namespace_ids\":[1,\"2\"],\"plan\":\""
                                + "p".repeat(33) + "\"}"))))
                .extracting(Violation::pointer, Violation::message)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("", "the required field \"environment\" is missing"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/user_id", "is of type boolean, expected integer or string or null"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/feature_enabled_by_namespace_ids/1", "is of type string, expected integer"),
                        org.assertj.core.groups.Tuple.tuple("/plan", "must be at most 32 characters long"));
    }

    @ParameterizedTest
    @CsvSource({
        "com.gitlab,gitlab_service_ping,1-0-0", "com.gitlab,ai_context,1-0-0",
        "com.gitlab,code_suggestions_context,3-6-0", "com.gitlab,billable_usage,1-0-1",
        "com.snowplowanalytics.snowplow,web_page,1-0-0", "com.snowplowanalytics.snowplow,link_click,1-0-1",
        "com.snowplowanalytics.snowplow,payload_data,1-0-4", "com.snowplowanalytics.snowplow,contexts,1-0-1",
        "com.snowplowanalytics.snowplow,unstruct_event,1-0-0"
    })
    void shipped_schemas_load_and_refuse_what_is_wrong(String vendor, String name, String version) {
        assertThat(shipped.validate(new SelfDescribingJson(SchemaKey.of(vendor, name, version), "a text")))
                .extracting(Violation::message)
                .singleElement()
                .asString()
                .startsWith("is of type string, expected ");
    }

    @Test
    void an_unknown_schema_names_where_it_was_looked_for(@TempDir Path folder) {
        SchemaValidator validator =
                new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder), new ShippedRegistry())));

        assertThat(validator.validate(new SelfDescribingJson(SchemaKey.of("com.acme", "nope", "1-0-0"), Map.of())))
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .contains("not known", folder.toString(), "shipped schemas");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"self\":{\"vendor\":\"com.acme\",\"name\":\"other\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"}}",
                "{\"$ref\":\"http://127.0.0.1:1/elsewhere\"}"
            })
    void a_schema_that_cannot_be_used_is_a_reason_not_a_crash(String schema, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("com.acme/broken/jsonschema/1-0-0");
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema);
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));

        assertThat(validator.validate(new SelfDescribingJson(SchemaKey.of("com.acme", "broken", "1-0-0"), Map.of())))
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .contains("cannot be used");
    }
}
