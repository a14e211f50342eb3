package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.FolderRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundSchemasTest {

    @TempDir
    Path folder;

    private String line() {
        return FoundSchemas.lines(List.of(new FolderRegistry(folder))).get(0);
    }

    private void schema(String version, String text) throws IOException {
        Path file = folder.resolve("schemas/com.acme/bought/jsonschema").resolve(version);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.replace("VERSION", version));
    }

    @Test
    void a_folder_is_told_with_how_many_schemas_it_has_and_how_many_are_wrong() throws Exception {
        assertThat(line())
                .isEqualTo("Schemas      " + folder + " (none yet; expected schemas/VENDOR/NAME/jsonschema/VERSION"
                        + " below it)");
        String right =
                "{\"$schema\":\"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\","
                        + "\"self\":{\"vendor\":\"com.acme\",\"name\":\"bought\",\"format\":\"jsonschema\","
                        + "\"version\":\"VERSION\"},\"type\":\"object\"}";
        schema("1-0-0", right);
        assertThat(line()).isEqualTo("Schemas      " + folder + " (1)");
        schema("1-0-1", "{");
        assertThat(line())
                .isEqualTo(
                        "Schemas      " + folder + " (2; 1 file has errors: run internal-events lint " + folder + ")");
    }
}
