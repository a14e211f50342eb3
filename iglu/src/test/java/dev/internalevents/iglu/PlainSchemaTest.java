package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainSchemaTest {

    private static final SchemaKey THING = SchemaKey.of("com.acme", "thing", "1-0-0");

    private static final List<String> TYPES = List.of(
            "\"string\"",
            "\"integer\"",
            "\"number\"",
            "\"boolean\"",
            "\"array\"",
            "\"object\"",
            "\"null\"",
            "[\"string\",\"null\"]",
            "[\"integer\",\"null\"]",
            "[\"string\",\"integer\",\"null\"]",
            "[\"object\",\"array\",\"null\"]");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "3",
            "4",
            "7",
            "3.0",
            "2.5",
            "1e400",
            "9223372036854775807",
            "99999999999999999999",
            "\"\"",
            "\"a\"",
            "\"abc\"",
            "\"abcd\"",
            "\"☃☃☃\"",
            "\"😀😀😀\"",
            "\"😀\"",
            "\"7b1c6a52-6d38-4f7a-8a3c-0b1f3f4f5a60\"",
            "\"7B1C6A52-6D38-4F7A-8A3C-0B1F3F4F5A60\"",
            "\"7b1c6a52-6d38-4f7a-8a3c-0b1f3f4f5a6g\"",
            "\"7b1c6a526d384f7a8a3c0b1f3f4f5a60\"",
            "\"2026-11-23T21:00:00Z\"",
            "\"2026-11-23T21:00:00.120Z\"",
            "\"2026-11-23T21:00:00.1234567890Z\"",
            "\"2026-11-23T21:00:60Z\"",
            "\"2026-02-30T21:00:00Z\"",
            "\"2026-11-23T21:00:00.Z\"",
            "\"2026-11-23\"",
            "[]",
            "[1]",
            "[\"a\",null]",
            "{}",
            "{\"a\":1}",
            "{\"a\":\"abc\",\"b\":null}",
            "{\"c\":[]}");

    /** The event that GitLab's services send most often. */
    private static final String EVENT =
            "{\"environment\":\"production\",\"source\":\"ai-gateway-java\",\"realm\":\"saas\","
                    + "\"instance_id\":\"ea8bf810\",\"global_user_id\":\"bc6mNHNb\",\"user_id\":7,\"is_gitlab_team_member\":true,"
                    + "\"feature_enabled_by_namespace_ids\":[1,2,3],\"plan\":null,\"correlation_id\":\"01JPHRC3K3\","
                    + "\"extra\":{\"model_engine\":\"a\",\"any\":[{\"depth\":2.5}]}}";

    @ParameterizedTest
    @ValueSource(strings = {"1-1-1", "1-1-7", "1-1-8", "1-1-9"})
    void the_usual_event_needs_no_validator(String version) throws Exception {
        Registry.Present found =
                (Registry.Present) new ShippedRegistry().find(SchemaKey.of("com.gitlab", "gitlab_standard", version));

        assertThat(Objects.requireNonNull(compiled(found.schema())).surelyAccepts(Json.parse(EVENT)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "com.snowplowanalytics.snowplow,web_page,1-0-0,'{\"id\":\"7b1c6a52-6d38-4f7a-8a3c-0b1f3f4f5a60\"}'",
        "com.snowplowanalytics.snowplow,client_session,1-0-2,'{\"userId\":\"7b1c6a52-6d38-4f7a-8a3c-0b1f3f4f5a60\","
                + "\"sessionId\":\"0b6b5f0e-7a5e-4b6f-9a1b-2f2f5c8a9d10\",\"eventIndex\":2,\"sessionIndex\":1,"
                + "\"previousSessionId\":null,\"storageMechanism\":\"COOKIE_1\","
                + "\"firstEventTimestamp\":\"2026-11-23T21:00:00.120Z\"}'"
    })
    void the_usual_contexts_of_a_browser_need_no_validator(String vendor, String name, String version, String data)
            throws Exception {
        Registry.Present found = (Registry.Present) new ShippedRegistry().find(SchemaKey.of(vendor, name, version));

        assertThat(Objects.requireNonNull(compiled(found.schema())).surelyAccepts(Json.parse(data)))
                .isTrue();
    }

    @Test
    void each_of_gitlabs_schemas_is_plain() throws Exception {
        for (SchemaKey key : ShippedSchemasTest.gitLabKeys()) {
            assertThat(compiled(ShippedSchemasTest.schema(key).toString()))
                    .as("%s", key)
                    .isNotNull();
        }
    }

    @Test
    void the_validator_accepts_whatever_it_accepts_for_every_shipped_schema() throws Exception {
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));
        int accepted = 0;
        for (SchemaKey key : ShippedSchemasTest.keys()) {
            PlainSchema plain = compiled(ShippedSchemasTest.schema(key).toString());
            if (plain != null) {
                List<Object> data = new ArrayList<>();
                ShippedSchemasTest.forEachInstance(key, (what, instance, good) -> data.add(instance));
                for (Object one : data) {
                    if (plain.surelyAccepts(one)) {
                        accepted++;
                        assertThat(validator.violatedKeywords(new SelfDescribingJson(key, one)))
                                .as("%s: %s", key, one)
                                .isEmpty();
                    }
                }
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    @Test
    void the_validator_accepts_whatever_it_accepts_for_random_schemas(@TempDir Path folder) {
        Random random = new Random(15);
        int accepted = 0;
        for (int round = 0; round < 400; round++) {
            String schema = schema(random, 2);
            PlainSchema plain = compiled(schema);
            assertThat(plain).as(schema).isNotNull();
            SchemaValidator validator = folderWith(folder.resolve("r" + round), schema);
            for (String value : VALUES) {
                Object data = Json.parse(value);
                if (plain.surelyAccepts(data)) {
                    accepted++;
                    assertThat(validator.violatedKeywords(new SelfDescribingJson(THING, data)))
                            .as("%s: %s", schema, value)
                            .isEmpty();
                }
            }
        }
        assertThat(accepted).isGreaterThan(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\":\"uri\"}",
                "{\"minimum\":0,\"exclusiveMinimum\":true}",
                "{\"minimum\":0.5}",
                "{\"maximum\":99999999999999999999}",
                "{\"multipleOf\":2}",
                "{\"uniqueItems\":true}",
                "{\"format\":\"email\"}",
                "{\"enum\":[1,\"a\"]}",
                "{\"anyOf\":[{\"type\":\"string\"}]}",
                "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{}}}",
                "{\"additionalProperties\":{\"type\":\"string\"}}",
                "{\"items\":[{\"type\":\"string\"}]}",
                "{\"patternProperties\":{\"^a\":{}}}",
                "{\"properties\":{\"a\":{\"items\":{\"format\":\"uri\"}}}}"
            })
    void a_rule_that_it_does_not_know_is_left_to_the_validator(String schema) {
        assertThat(compiled(schema)).isNull();
    }

    private static String schema(Random random, int depth) {
        List<String> rules = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            rules.add("\"type\":" + any(random, TYPES));
        }
        if (random.nextInt(3) == 0) {
            rules.add("\"minLength\":" + random.nextInt(4));
        }
        if (random.nextInt(3) == 0) {
            rules.add("\"maxLength\":" + random.nextInt(5));
        }
        if (random.nextInt(3) == 0) {
            rules.add("\"minimum\":" + (random.nextInt(5) - 1));
        }
        if (random.nextInt(3) == 0) {
            rules.add("\"maximum\":" + random.nextInt(8));
        }
        if (random.nextInt(4) == 0) {
            rules.add("\"pattern\":" + any(random, List.of("\"^a\"", "\"c$\"", "\"[0-9a-f]{4}\"", "\"\"")));
        }
        if (random.nextInt(4) == 0) {
            rules.add("\"format\":" + any(random, List.of("\"uuid\"", "\"date-time\"")));
        }
        if (random.nextInt(5) == 0) {
            rules.add("\"minItems\":" + random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            rules.add("\"maxItems\":" + random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            rules.add("\"minProperties\":" + random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            rules.add("\"maxProperties\":" + random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            rules.add("\"enum\":[\"a\",\"abc\"" + (random.nextBoolean() ? ",null]" : "]"));
        }
        if (random.nextInt(3) == 0) {
            rules.add("\"required\":[\"" + any(random, List.of("a", "b", "c")) + "\"]");
        }
        if (random.nextInt(3) == 0) {
            rules.add("\"additionalProperties\":" + random.nextBoolean());
        }
        if (depth > 0) {
            if (random.nextInt(3) == 0) {
                rules.add("\"items\":" + schema(random, depth - 1));
            }
            if (random.nextBoolean()) {
                rules.add("\"properties\":{\"a\":" + schema(random, depth - 1) + ",\"b\":" + schema(random, depth - 1)
                        + "}");
            }
        }
        return "{" + String.join(",", new TreeSet<>(rules)) + "}";
    }

    private static String any(Random random, List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static @Nullable PlainSchema compiled(String schema) {
        SchemaCompiler.Compiled compiled =
                new SchemaCompiler().compile(THING, schema.replaceAll("\"self\"\\s*:\\s*\\{[^}]*},?", ""));
        assertThat(compiled.problems()).as(schema).isEmpty();
        return compiled.plain();
    }

    private static SchemaValidator folderWith(Path folder, String schema) {
        try {
            Path file = folder.resolve(THING.path());
            Files.createDirectories(file.getParent());
            Files.writeString(file, schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));
    }
}
