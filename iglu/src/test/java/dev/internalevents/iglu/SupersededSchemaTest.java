package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupersededSchemaTest {

    private static final String OPEN = "\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}";

    @TempDir
    private Path folder;

    private SchemaValidator validator;

    @BeforeEach
    void setUp() {
        validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));
    }

    private static SchemaKey key(String version) {
        return SchemaKey.of("com.acme", "b", version);
    }

    private void put(String version, String schema) throws IOException {
        Path file = folder.resolve(key(version).path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{" + schema + "}");
    }

    private SchemaValidator.Verdict check(String version, Map<String, ?> data) {
        return validator.check(new SelfDescribingJson(key(version), data));
    }

    @Test
    void data_is_checked_with_the_version_that_supersedes_its_own() throws IOException {
        put("1-0-0", OPEN + "},\"additionalProperties\":false,\"$supersededBy\":\"1-0-1\"");
        put("1-0-1", OPEN + ",\"y\":{\"type\":\"string\"}},\"additionalProperties\":false");

        assertThat(check("1-0-0", Map.of("x", 1, "y", "a")))
                .isEqualTo(new SchemaValidator.Verdict(key("1-0-1"), true, List.of()));
        assertThat(check("1-0-1", Map.of("x", 1)).schema()).isEqualTo(key("1-0-1"));
        assertThat(check("1-0-0", Map.of("x", "a")).violations())
                .containsExactly(new Violation(
                        key("1-0-0"),
                        "/x",
                        "is of type string, expected integer (checked with 1-0-1, which supersedes it)"));
    }

    @Test
    void a_version_of_a_later_model_supersedes_too_and_the_old_one_may_be_invalid() throws IOException {
        put("1-0-0", "\"type\":\"strng\",\"$supersededBy\":\"2-0-0\"");
        put("2-0-0", "\"type\":\"object\"");

        assertThat(check("1-0-0", Map.of())).isEqualTo(new SchemaValidator.Verdict(key("2-0-0"), true, List.of()));
    }

    @Test
    void only_one_step_is_followed_as_in_production() throws IOException {
        put("1-0-0", "\"required\":[\"a\"],\"$supersededBy\":\"1-0-1\"");
        put("1-0-1", "\"required\":[\"b\"],\"$supersededBy\":\"1-0-2\"");
        put("1-0-2", "\"required\":[\"c\"]");

        assertThat(check("1-0-0", Map.of("b", 1)))
                .isEqualTo(new SchemaValidator.Verdict(key("1-0-1"), true, List.of()));
    }

    @Test
    void a_superseding_version_that_is_missing_or_not_higher_fails_the_data() throws IOException {
        put("1-0-1", "\"$supersededBy\":\"1-0-9\"");
        put("1-0-2", "\"$supersededBy\":\"1-0-1\"");
        put("1-0-3", "\"$supersededBy\":[\"1-0-4\"]");

        assertThat(check("1-0-1", Map.of()).violations())
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .contains("the schema is not known", "checked with 1-0-9, which supersedes it");
        assertThat(check("1-0-2", Map.of()).violations())
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .endsWith("at /$supersededBy: found \"1-0-1\", expected a version above 1-0-2");
        assertThat(check("1-0-3", Map.of()).violations())
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .endsWith("at /$supersededBy: found [\"1-0-4\"], expected a version above 1-0-3");
    }
}
