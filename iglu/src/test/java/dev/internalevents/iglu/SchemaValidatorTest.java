package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaValidatorTest {

    private static final SchemaKey THING = SchemaKey.of("com.acme", "thing", "1-0-0");

    private final SchemaValidator shipped = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));

    @Test
    void a_message_quotes_a_few_values_of_a_long_enum(@TempDir Path folder) throws IOException {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            values.add("\"value " + i + "\"");
        }
        Path file = folder.resolve("schemas/" + THING.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"properties\":{\"a\":{\"enum\":" + values + "}}}");
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));

        assertThat(validator.validate(new SelfDescribingJson(THING, Json.parse("{\"a\":\"x\"}"))))
                .singleElement()
                .satisfies(violation -> assertThat(violation.message())
                        .startsWith("is not one of \"value 0\", \"value 1\", ")
                        .endsWith("\"value 29\", … (5,000 values)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-1-7", "1-1-8"})
    void every_violation_is_reported(String version) {
        SchemaKey key = SchemaKey.of("com.gitlab", "gitlab_standard", version);

        assertThat(shipped.validate(new SelfDescribingJson(
                        key,
                        Json.parse("{\"user_id\":true,\"feature_enabled_by_namespace_ids\":[1,\"2\"],\"plan\":\""
                                + "p".repeat(33) + "\"}"))))
                .extracting(Violation::pointer, Violation::message)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("", "the required field \"environment\" is missing"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/user_id", "is of type boolean, expected string or integer or null"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/feature_enabled_by_namespace_ids/1", "is of type string, expected integer"),
                        org.assertj.core.groups.Tuple.tuple("/plan", "has 33 characters, expected at most 32"));
    }

    @ParameterizedTest
    @CsvSource({
        "com.gitlab,gitlab_service_ping,1-0-0", "com.gitlab,ai_context,1-0-0",
        "com.gitlab,code_suggestions_context,3-6-0", "com.gitlab,billable_usage,1-0-1",
        "com.snowplowanalytics.snowplow,web_page,1-0-0", "com.snowplowanalytics.snowplow,link_click,1-0-1",
        "com.snowplowanalytics.snowplow,payload_data,1-0-4", "com.snowplowanalytics.snowplow,contexts,1-0-1",
        "com.snowplowanalytics.snowplow,unstruct_event,1-0-0"
    })
    void shipped_schemas_load_and_reject_invalid_data(String vendor, String name, String version) {
        assertThat(shipped.validate(new SelfDescribingJson(SchemaKey.of(vendor, name, version), "a text")))
                .extracting(Violation::message)
                .singleElement()
                .asString()
                .startsWith("is of type string, expected ");
    }

    @Test
    void an_unknown_schema_is_reported_with_the_registries_searched(@TempDir Path folder) {
        SchemaValidator validator =
                new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder), new ShippedRegistry())));

        assertOnlyMessage(
                        validator.validate(new SelfDescribingJson(SchemaKey.of("com.acme", "nope", "1-0-0"), Map.of())))
                .contains("not known", folder.toString(), "shipped schemas");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"self\":{\"vendor\":\"com.acme\",\"name\":\"other\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"}}",
                "{\"$ref\":\"file:///etc/hostname\"}"
            })
    void an_unusable_schema_is_a_violation_not_a_crash(String schema, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("com.acme/broken/jsonschema/1-0-0");
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema);
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));

        assertOnlyMessage(validator.validate(
                        new SelfDescribingJson(SchemaKey.of("com.acme", "broken", "1-0-0"), Map.of())))
                .contains("cannot be used");
    }

    @TempDir
    private Path registry;

    private List<Violation> violations(String schema, Object data) throws IOException {
        return validator(schema).validate(new SelfDescribingJson(THING, data));
    }

    private SchemaValidator validator(String schema) throws IOException {
        Path file = registry.resolve(THING.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema);
        return new SchemaValidator(new Resolver(List.of(new FolderRegistry(registry))));
    }

    @ParameterizedTest
    @CsvSource({
        "uri,500000,x,'is too long to be checked as a uri (500,000 characters, at most 65,536)'",
        "time,100000,a,'is too long to be checked as a time (100,000 characters, at most 65,536)'",
        "email,70000,a@b.,'is too long to be checked as an email (280,000 characters, at most 65,536)'",
        "hostname,1025,a,'is too long to be checked as a hostname (1,025 characters, at most 1,024)'",
        "date-time,65537,1,'is too long to be checked as a date-time (65,537 characters, at most 65,536)'"
    })
    void a_text_that_is_too_long_for_a_format_fails_for_its_value(String format, int times, String text, String message)
            throws IOException {
        assertThat(violations(
                        "{\"properties\":{\"v\":{\"type\":\"string\",\"format\":\"" + format + "\"}}}",
                        Map.of("v", text.repeat(times))))
                .containsExactly(new Violation(THING, "/v", message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uri",
                "uri-reference",
                "iri",
                "regex",
                "email",
                "idn-email",
                "hostname",
                "idn-hostname",
                "ipv4",
                "ipv6",
                "date",
                "time",
                "date-time",
                "duration",
                "json-pointer",
                "uri-template",
                "uuid",
                "no-such-format"
            })
    void for_any_text_and_format_only_the_value_is_reported(String format) throws IOException {
        SchemaValidator validator =
                validator("{\"properties\":{\"v\":{\"type\":\"string\",\"format\":\"" + format + "\"}}}");
        for (String text : List.of("(", "a", "http://", "a@", "[", ":", "1", "/", "{", "\\", "a.", "%41", "\u00e4")) {
            for (int length : new int[] {0, 1, 9_999, 20_000, 65_536, 65_537}) {
                String value = text.repeat(length / text.length());
                assertThat(validator.validate(new SelfDescribingJson(THING, Map.of("v", value))))
                        .allSatisfy(violation -> {
                            assertThat(violation.pointer()).isEqualTo("/v");
                            assertThat(violation.message())
                                    .hasSizeLessThan(500)
                                    .doesNotContain("schema", "report", "circle");
                        });
            }
        }
    }

    @Test
    void a_pattern_that_overflows_on_a_long_text_fails_for_the_value() throws IOException {
        assertThat(violations("{\"properties\":{\"v\":{\"pattern\":\"^(a|b)*$\"}}}", Map.of("v", "ab".repeat(500_000))))
                .singleElement()
                .extracting(Violation::pointer)
                .isEqualTo("/v");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"#\"}",
                "{\"allOf\":[{\"$ref\":\"#\"}]}",
                "{\"not\":{\"$ref\":\"#\"}}",
                "{\"properties\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/properties/a\"},{\"type\":\"string\"}]}}}",
                "{\"items\":[{\"oneOf\":[{\"$ref\":\"#/items/0\"}]}]}",
                "{\"dependencies\":{\"a\":{\"$ref\":\"#\"}}}",
                "{\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},\"b\":{\"$ref\":\"#/definitions/a\"}},"
                        + "\"additionalProperties\":{\"$ref\":\"#/definitions/a\"}}",
                "{\"definitions\":{\"a b~1\":{\"$ref\":\"#/definitions/a%20b~01\"}},\"$ref\":\"#/definitions/a%20b~01\"}"
            })
    void circular_references_are_reported_as_a_problem_of_the_schema(String schema) throws IOException {
        for (Object data : List.of(Map.of(), Map.of("a", "x"), List.of(1))) {
            assertOnlyMessage(violations(schema, data)).endsWith("cannot be used: its references ($ref) are circular");
        }
    }

    @Test
    void a_schema_that_refers_to_itself_for_inner_values_is_not_circular() throws IOException {
        String tree =
                "{\"type\":\"object\",\"properties\":{\"children\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},"
                        + "\"$ref\":{\"type\":\"string\"},\"allOf\":{\"type\":\"string\"}}}";
        String deep = "{\"children\":[".repeat(90) + "{}" + "]}".repeat(90);

        assertThat(violations(tree, Json.parse(deep))).isEmpty();
        assertThat(violations(tree, Json.parse(deep.replace("{}", "{\"children\":1}"))))
                .extracting(Violation::message)
                .containsExactly("is of type integer, expected array");
    }

    @Test
    void too_many_schemas_by_reference_for_one_value_are_a_problem_of_the_schema() throws IOException {
        StringBuilder chain = new StringBuilder("{\"$ref\":\"#/definitions/d0\",\"definitions\":{");
        for (int i = 0; i < 20_000; i++) {
            chain.append("\"d" + i + "\":{\"$ref\":\"#/definitions/d" + (i + 1) + "\"},");
        }

        assertOnlyMessage(violations(chain + "\"d20000\":{\"type\":\"object\"}}}", Map.of()))
                .contains("cannot be used: more than 500 of its schemas apply to one value");
    }

    @Test
    void the_fields_of_a_known_schema_are_those_it_lists_in_its_order() throws IOException {
        SchemaValidator validator =
                validator("{\"properties\":{\"zebra\":{},\"ant\":{\"properties\":{\"inner\":{}}},\"Ant\":{}}}");

        assertThat(validator.fields(THING)).containsExactly("zebra", "ant", "Ant");
        assertThat(validator.fields(SchemaKey.of("com.acme", "nope", "1-0-0"))).isEmpty();
        assertThat(validator("{\"type\":\"object\"}").fields(THING)).isEmpty();
        assertThat(validator("[]").fields(THING)).isEmpty();
        assertThat(shipped.fields(SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1")))
                .contains("targetUrl");
    }

    @Test
    void made_up_names_stay_within_the_memory_limit() throws IOException {
        SchemaValidator validator = validator("{\"properties\":{\"a\":{\"type\":\"string\"}}}");
        for (int i = 0; i < 100_000; i++) {
            validator.validate(new SelfDescribingJson(SchemaKey.of("com.made.up", "name_" + i, "1-0-0"), Map.of()));
        }

        assertThat(validator.rememberedBytes()).isBetween(4L << 20, 9L << 20);
    }

    private static SchemaValidator folderWith(Path folder, String schema) throws IOException {
        Path file = folder.resolve("schemas/com.acme/thing/jsonschema/1-0-0");
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema);
        return new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"properties\":{\"a\":{\"items\":{\"type\":\"integer\"}}}}",
                "{\"properties\":{\"a\":{\"items\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}}}}",
                "{\"properties\":{\"a\":{\"anyOf\":[{\"items\":{\"type\":\"integer\"}},{\"type\":\"null\"}]}}}",
                "{\"properties\":{\"a\":{\"items\":{\"oneOf\":[{\"type\":\"integer\"},{\"items\":{}},{\"type\":\"array\"}]}}}}",
                "{\"properties\":{\"a\":{\"items\":{\"not\":{\"type\":\"array\"}}}}}"
            })
    void a_million_invalid_values_give_few_violations(String schema, @TempDir Path folder) throws IOException {
        List<Object> values = new ArrayList<>(Collections.nCopies(1_000_000, List.of()));

        assertThat(folderWith(folder, schema)
                        .validate(new SelfDescribingJson(THING, Json.immutable(Map.of("a", values)))))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(50);
    }

    @Test
    void a_million_valid_values_are_valid(@TempDir Path folder) throws IOException {
        String schema =
                "{\"properties\":{\"a\":{\"items\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"array\"}]}}}}";
        List<Object> values = new ArrayList<>(Collections.nCopies(1_000_000, List.of()));

        assertThat(folderWith(folder, schema)
                        .validate(new SelfDescribingJson(THING, Json.immutable(Map.of("a", values)))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 45, 150})
    void a_schema_that_multiplies_with_the_depth_terminates(int depth, @TempDir Path folder) throws IOException {
        SchemaValidator validator = folderWith(
                folder,
                "{\"properties\":{\"a\":{\"$ref\":\"#/definitions/n\"}},\"definitions\":{\"n\":{\"type\":\"object\",\"anyOf\":["
                        + "{\"required\":[\"x\"],\"properties\":{\"c\":{\"$ref\":\"#/definitions/n\"}}},"
                        + "{\"required\":[\"y\"],\"properties\":{\"c\":{\"$ref\":\"#/definitions/n\"}}}]}}}");
        String data = "{\"a\":" + "{\"c\":".repeat(depth) + "{}" + "}".repeat(depth) + "}";

        assertThat(validator.validate(new SelfDescribingJson(THING, Json.parse(data))))
                .isNotEmpty()
                .first()
                .extracting(Violation::message)
                .asString()
                .contains("cannot be checked: it takes more than ");
    }

    @Test
    void a_schema_of_alternatives_of_alternatives_terminates(@TempDir Path folder) throws IOException {
        StringBuilder definitions = new StringBuilder();
        for (int i = 0; i < 41; i++) {
            String next = "{\"$ref\":\"#/definitions/d" + (i + 1) + "\"}";
            definitions.append("\"d" + i + "\":{\"allOf\":[" + next + "," + next + "]},");
        }
        SchemaValidator validator = folderWith(
                folder,
                "{\"allOf\":[{\"$ref\":\"#/definitions/d0\"}],\"definitions\":{" + definitions
                        + "\"d41\":{\"type\":\"object\"}}}");

        assertThat(validator.validate(new SelfDescribingJson(THING, Map.of())))
                .extracting(Violation::message)
                .singleElement()
                .asString()
                .contains("cannot be checked: it takes more than ");
    }

    private static AbstractStringAssert<?> assertOnlyMessage(List<Violation> violations) {
        return assertThat(violations)
                .singleElement()
                .extracting(Violation::message)
                .asString();
    }
}
