package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Real third-party schemas: a copy of Iglu Central, in the folder that {@code IGLU_CENTRAL} names. */
@EnabledIf(value = "isThere", disabledReason = "there is no copy of Iglu Central; IGLU_CENTRAL names its folder")
class IgluCentralTest {

    static boolean isThere() {
        return folder() != null;
    }

    @Test
    void every_schema_can_be_used() throws IOException {
        FolderRegistry registry = new FolderRegistry(folder());
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(registry)));
        List<SchemaKey> keys = keys(folder().resolve("schemas"));

        assertThat(keys).hasSizeGreaterThan(600);
        List<String> unusable = keys.stream()
                .flatMap(key -> validator.validate(new SelfDescribingJson(key, Map.of())).stream())
                .filter(violation -> violation.message().contains("cannot be used"))
                .map(violation -> violation.schema() + ": " + violation.message())
                .toList();
        assertThat(unusable).isEmpty();
    }

    @Test
    void a_real_schema_validates_by_the_rules_of_draft_4() {
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder()))));
        SchemaKey click = SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1");

        assertThat(validator.validate(new SelfDescribingJson(click, Map.of("targetUrl", "http://x"))))
                .isEmpty();
        assertThat(validator.validate(new SelfDescribingJson(click, Map.of("targetUrl", 1, "other", true))))
                .extracting(Violation::message)
                .anyMatch(message -> message.equals("is of type integer, expected string"))
                .hasSize(2);
    }

    static List<SchemaKey> keys(Path schemas) throws IOException {
        try (Stream<Path> files = Files.walk(schemas)) {
            return files.filter(Files::isRegularFile)
                    .map(schemas::relativize)
                    .filter(path -> path.getNameCount() == 4
                            && path.getName(2).toString().equals("jsonschema"))
                    .map(path -> SchemaKey.of(
                            path.getName(0).toString(),
                            path.getName(1).toString(),
                            path.getName(3).toString()))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static Path folder() {
        String named = System.getenv("IGLU_CENTRAL");
        return named != null && Files.isDirectory(Path.of(named, "schemas")) ? Path.of(named) : null;
    }
}
