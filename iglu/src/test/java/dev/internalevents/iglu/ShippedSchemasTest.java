package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
class ShippedSchemasTest {

    /**
     * How many times each keyword of each schema is violated; four times as many valid values are tested for each
     * schema.
     */
    static final int ROUNDS = Integer.getInteger("shipped.rounds", 2);

    private static final String SELF_DESCRIBING =
            "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#";

    /** The file that stands for versions newer than those that have a file. */
    private static final String NEWER = "x-x-x";

    private final SchemaValidator shipped = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));

    @Test
    void each_file_names_itself_and_follows_draft_4() throws Exception {
        Schema draft4 = SchemaRegistry.withDefaultDialect(Dialects.getDraft4())
                .getSchema(SchemaLocation.of("http://json-schema.org/draft-04/schema#"));
        List<Path> files = files();
        assertThat(files).hasSizeGreaterThan(200);
        for (Path file : files) {
            JsonNode schema = read(file);
            String version = file.getFileName().toString();

            assertThat(schema.get("$schema").stringValue()).as("%s", file).isEqualTo(SELF_DESCRIBING);
            assertThat(schema.get("self")
                            .propertyStream()
                            .map(Map.Entry::getValue)
                            .map(JsonNode::stringValue))
                    .as("%s", file)
                    .containsExactly(
                            file.getName(file.getNameCount() - 4).toString(),
                            file.getName(file.getNameCount() - 3).toString(),
                            "jsonschema",
                            version.equals(NEWER) ? newest(file) : version);
            assertThat(draft4.validate(schema)).as("%s", file).isEmpty();
        }
    }

    @Test
    void each_schema_accepts_valid_values_and_rejects_values_that_violate_one_keyword() throws Exception {
        for (SchemaKey key : keys()) {
            forEachInstance(
                    key,
                    (what, data, good) -> assertThat(shipped.validate(new SelfDescribingJson(key, data)))
                            .as("%s, %s: %s", key, what, data)
                            .matches(violations -> violations.isEmpty() == good, good ? "is good" : "fails"));
        }
    }

    @Test
    void a_version_of_a_snowplow_schema_that_was_never_released_is_not_known() {
        assertThat(new ShippedRegistry().find(SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1")))
                .isInstanceOf(Registry.Present.class);
        assertThat(new ShippedRegistry().find(SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-2")))
                .isInstanceOf(Registry.Missing.class);
        assertThat(new ShippedRegistry().find(SchemaKey.of("com.snowplowanalytics.snowplow", "web_page", "2-0-0")))
                .isInstanceOf(Registry.Missing.class);
    }

    @Test
    void versions_differ_as_they_were_released() {
        Map<String, Object> click = Map.of("targetUrl", "https://shop.example/", "elementContent", "Buy");

        assertThat(shipped.validate(new SelfDescribingJson(
                        SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1"), click)))
                .isEmpty();
        assertThat(shipped.validate(new SelfDescribingJson(
                        SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-0"), click)))
                .extracting(Violation::message)
                .singleElement()
                .asString()
                .contains("elementContent");
    }

    @Test
    void a_custom_schema_takes_precedence_over_the_shipped_one(@TempDir Path folder) throws IOException {
        SchemaKey key = SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1");
        Path file = folder.resolve(key.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"type\":\"object\",\"required\":[\"own\"]}");
        SchemaValidator validator =
                new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder), new ShippedRegistry())));

        assertThat(validator.validate(new SelfDescribingJson(key, Map.of("targetUrl", "https://shop.example/"))))
                .extracting(Violation::message)
                .containsExactly("the required field \"own\" is missing");
        assertThat(validator.validate(new SelfDescribingJson(key, Map.of("own", true))))
                .isEmpty();
    }

    interface Judgement {
        void of(String what, @Nullable Object data, boolean good);
    }

    /** Returns random values for a shipped schema, the same in each run. */
    static void forEachInstance(SchemaKey key, Judgement judgement) {
        forEachInstance(key, schema(key), judgement);
    }

    /** Returns random values for a schema, the same in each run for the same name. */
    static void forEachInstance(SchemaKey key, JsonNode schema, Judgement judgement) {
        ShippedInstances instances =
                new ShippedInstances(schema, new Random(key.toString().hashCode()));
        for (int round = 0; round < ROUNDS * 4; round++) {
            judgement.of("as described", instances.valid(), true);
        }
        for (ShippedInstances.Site site : instances.sites()) {
            for (int round = 0; round < ROUNDS; round++) {
                judgement.of(site.keyword() + " violated", instances.violating(site), false);
            }
        }
    }

    /** Returns the schemas that have a file for their version. */
    static List<SchemaKey> keys() throws Exception {
        List<SchemaKey> keys = new ArrayList<>();
        for (Path file : files()) {
            Path path = folder().relativize(file);
            if (!path.endsWith(NEWER)) {
                keys.add(SchemaKey.of(
                        path.getName(0).toString(),
                        path.getName(1).toString(),
                        path.getName(3).toString()));
            }
        }
        return keys;
    }

    /** Returns those of them that are GitLab's; the others are in Iglu Central. */
    static List<SchemaKey> gitLabKeys() throws Exception {
        return keys().stream().filter(ShippedSchemasTest::isGitLabs).toList();
    }

    static boolean isGitLabs(SchemaKey key) {
        return key.vendor().equals("com.gitlab");
    }

    static JsonNode schema(SchemaKey key) {
        try {
            return read(folder().resolve(key.path()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String newest(Path file) throws IOException {
        try (Stream<Path> versions = Files.list(file.getParent())) {
            return versions.map(version -> version.getFileName().toString())
                    .filter(version -> !version.equals(NEWER))
                    .map(SchemaVersion::parse)
                    .max(SchemaVersion::compareTo)
                    .orElseThrow()
                    .toString();
        }
    }

    static JsonNode read(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(file));
    }

    static Path folder() throws URISyntaxException {
        URL url = Objects.requireNonNull(ShippedRegistry.class.getResource("schemas"));
        return Path.of(url.toURI());
    }

    private static List<Path> files() throws Exception {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
