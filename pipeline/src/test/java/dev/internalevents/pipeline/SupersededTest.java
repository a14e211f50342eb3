package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.FolderRegistry;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An event with a superseded schema is validated and stored with the superseding one, and a context records it. */
class SupersededTest {

    @TempDir
    private Path folder;

    private SchemaValidator validator;

    @BeforeEach
    void setUp() throws IOException {
        put(
                "1-0-0",
                "\"properties\":{\"x\":{\"type\":\"integer\"}},\"additionalProperties\":false,"
                        + "\"$supersededBy\":\"1-0-1\"");
        put(
                "1-0-1",
                "\"properties\":{\"x\":{\"type\":\"integer\"},\"y\":{\"type\":\"string\"}},"
                        + "\"additionalProperties\":false");
        validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder), new ShippedRegistry())));
    }

    private void put(String version, String schema) throws IOException {
        Path file = folder.resolve("com.acme/b/jsonschema/" + version);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"type\":\"object\"," + schema + "}");
    }

    private static SelfDescribingJson b(String version, String data) {
        return new SelfDescribingJson(SchemaKey.of("com.acme", "b", version), Json.parse(data));
    }

    private static String event(SelfDescribingJson event) {
        return Json.write(new SelfDescribingJson(
                        SchemaKey.of("com.snowplowanalytics.snowplow", "unstruct_event", "1-0-0"), event.toMap())
                .toMap());
    }

    private Outcome process(Map<String, String> parameters) {
        return new Pipeline(validator)
                .process(TrackerPost.of(new TrackerPayload(parameters)), "test/1")
                .get(0);
    }

    @Test
    void the_event_and_its_contexts_are_stored_with_the_superseding_version() {
        GoodEvent good = (GoodEvent) process(Map.of(
                "e",
                "ue",
                "p",
                "web",
                "ue_pr",
                event(b("1-0-0", "{\"x\":1,\"y\":\"a\"}")),
                "co",
                Json.write(Contexts.of(b("1-0-0", "{\"y\":\"c\"}"), b("1-0-1", "{\"x\":2}"))
                        .toMap())));

        assertThat(good.schema()).isEqualTo(SchemaKey.of("com.acme", "b", "1-0-1"));
        assertThat(good.atomic().text("event_version")).isEqualTo("1-0-1");
        assertThat(good.unstruct().event()).isEqualTo(b("1-0-1", "{\"x\":1,\"y\":\"a\"}"));
        assertThat(good.contexts().list()).containsExactly(b("1-0-1", "{\"y\":\"c\"}"), b("1-0-1", "{\"x\":2}"));
        assertThat(good.derivedContexts().list())
                .containsExactly(new SelfDescribingJson(
                        SchemaKey.of("com.snowplowanalytics.iglu", "validation_info", "1-0-0"),
                        Map.of("originalSchema", "iglu:com.acme/b/jsonschema/1-0-0", "validatedWith", "1-0-1")))
                .allSatisfy(context -> assertThat(validator.validate(context)).isEmpty());
    }

    @Test
    void an_event_that_is_wrong_by_the_superseding_version_fails_with_the_schema_that_it_named() {
        FailedEvent failed =
                (FailedEvent) process(Map.of("e", "ue", "p", "web", "ue_pr", event(b("1-0-0", "{\"y\":1}"))));

        assertThat(failed.failures())
                .extracting(Failure::sentence)
                .containsExactly(
                        "the self-describing event (iglu:com.acme/b/jsonschema/1-0-0) at /y: is of type integer,"
                                + " expected string (checked with 1-0-1, which supersedes it)");
    }
}
