package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.internalevents.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LintCommandTest {

    private static final String FIELD =
            "\"properties\":{\"x\":{\"type\":[\"string\",\"null\"],\"maxLength\":9,\"description\":\"the x\"}}";

    @TempDir
    private Path folder;

    @BeforeEach
    void a_schema_without_a_fault() throws IOException {
        put("1-0-0", "\"type\":\"object\"," + FIELD);
    }

    private Path put(String version, String rules) throws IOException {
        return file(
                version,
                "{\"$schema\":\"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\","
                        + "\"self\":{\"vendor\":\"com.acme\",\"name\":\"a\",\"format\":\"jsonschema\",\"version\":\""
                        + version + "\"}," + rules + "}");
    }

    private Path file(String version, String text) throws IOException {
        return path("schemas/com.acme/a/jsonschema/" + version, text);
    }

    private Path path(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String run(int expected, Object... arguments) {
        return Cli.run(
                expected,
                Stream.concat(Stream.of("lint"), Stream.of(arguments).map(Object::toString))
                        .toArray(String[]::new));
    }

    @Test
    void schemas_without_a_fault_are_counted() {
        assertThat(run(0, folder)).isEqualToNormalizingNewlines("1 schema: 0 errors, 0 warnings\n");
        assertThat(run(0, folder.resolve("schemas/com.acme/a/jsonschema/1-0-0")))
                .contains("1 schema: 0 errors");
        assertThat(run(0, folder.resolve("schemas/com.acme"))).contains("1 schema: 0 errors");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'type':'object','properties':{'x':{'exclusiveMinimum':0}} | at /properties/x/exclusiveMinimum: found 0,"
                        + " expected true or false; the limit itself is 'minimum' [schema]",
                "'type':'object','properties':{'x':{'type':'integer','maxLength':0}} | at /properties/x/maxLength:"
                        + " applies only to values of type string, which 'type' does not allow (integer)"
                        + " [contradiction]",
                "'type':'object','properties':{'x':{'minimum':10,'maximum':0}} | at /properties/x: minimum (10) is above"
                        + " maximum (0), so no value is valid [contradiction]",
                "'type':'object','properties':{},'required':['y'],'additionalProperties':false | at /required: requires 'y',"
                        + " which additionalProperties forbids; expected it among properties [contradiction]",
                "'$supersedes':['1-0-2'] | at /$supersedes: found ['1-0-2'], expected an array of versions below 1-0-1"
                        + " [schema]",
                "'$supersededBy':'1-0-9' | at /$supersededBy: there is no 1-0-9 beside 1-0-1; each event that names this"
                        + " schema fails [schema]"
            })
    void an_error_is_one_line_with_its_place(String rules, String finding) throws IOException {
        Path file = put("1-0-1", rules.replace('\'', '"'));

        assertThat(run(1, folder, "--skip-warnings"))
                .contains("error: " + file)
                .contains(finding.replace('\'', '"'))
                .endsWith("2 schemas: 1 error" + System.lineSeparator());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'type':'string','maxLength':9 | rootObject | ``",
                "'type':'object','properties':{'x':{'description':'a','description':'b','type':['boolean','null']}} |"
                        + " duplicateKeys | ``",
                "'type':'object','properties':{'x':{'type':['string','null'],'format':'iri','description':'x'}} |"
                        + " unknownFormats | /properties/x/format",
                "'type':'object','properties':{'x':{'type':['integer','null'],'maximum':9,'description':'x'}} |"
                        + " numericMinMax | /properties/x",
                "'type':'object','properties':{'x':{'type':['string','null'],'description':'x'}} | stringLength |"
                        + " /properties/x",
                "'type':'object','properties':{'x':{'type':['string','null'],'maxLength':65536,'description':'x'}} |"
                        + " stringMaxLengthRange | /properties/x/maxLength",
                "'type':'object','properties':{'x':{'type':'boolean','description':'x'}} | optionalNull | /properties/x",
                "'type':'object','properties':{'x':{'type':['boolean','null']}} | description | /properties/x",
                "'type':'object','properties':{'x':{'type':['boolean','null'],'description':'x','exmaple':1}} |"
                        + " unknownKeywords | /properties/x/exmaple",
                "'type':'object','properties':{'x':{'$ref':'https://a.test/b','description':'x'}} | references |"
                        + " /properties/x/$ref"
            })
    void a_warning_has_its_place_and_can_be_skipped(String rules, String check, String pointer) throws IOException {
        Path file = put("1-0-1", rules.replace('\'', '"'));

        JsonNode found = JsonMapper.shared().readTree(run(0, folder, "--json")).path("findings");
        assertThat(found.size()).as(found.toString()).isEqualTo(1);
        assertThat(found.get(0).path("level").asString()).isEqualTo("warning");
        assertThat(found.get(0).path("file").asString()).isEqualTo(file.toString());
        assertThat(found.get(0).path("check").asString()).isEqualTo(check);
        assertThat(found.get(0).path("pointer").asString()).isEqualTo(pointer);
        assertThat(run(0, folder, "--skip-checks", "versions," + check)).contains("2 schemas: 0 errors, 0 warnings");
        assertThat(run(0, folder, "--skip-warnings")).contains("2 schemas: 0 errors");
    }

    @Test
    void the_place_of_a_file_says_which_schema_it_is() throws IOException {
        file("1-0-x", "{}");
        file("1-0-01", "{}");
        path("schemas/com.acme/1-0-0", "{}");
        path("schemas/com.acme/a/avro/1-0-0", "{}");
        path("schemas/README.md", "about");
        path("schemas/.hidden/com.acme/a/jsonschema/1-0-0", "{}");
        path("README", "outside of schemas");
        path(
                "schemas/com.acme/b/jsonschema/1-0-0",
                Files.readString(folder.resolve("schemas/com.acme/a/jsonschema/1-0-0")));
        path("schemas/com.acme/c/jsonschema/1-0-0", "{\"type\":\"object\"}");
        path("schemas/com.acme/d/jsonschema/1-0-0", "[]");

        assertThat(run(1, folder, "--skip-warnings").lines())
                .hasSize(8)
                .anyMatch(line -> line.contains("its path ends with com.acme/a/jsonschema/1-0-x; expected"))
                .anyMatch(line -> line.contains("its path ends with com.acme/a/jsonschema/1-0-01; expected"))
                .anyMatch(line -> line.contains("schemas/com.acme/1-0-0; expected VENDOR/NAME/jsonschema/VERSION"))
                .anyMatch(line -> line.contains("at /self: its self block names com.acme/a/jsonschema/1-0-0, expected"))
                .anyMatch(line -> line.contains("has no $schema; expected"))
                .anyMatch(line -> line.contains("has no self; expected"))
                .anyMatch(line -> line.contains("it is not a JSON object"))
                .anyMatch(line -> line.equals("4 schemas: 7 errors"));
    }

    @Test
    void a_gap_between_versions_is_a_warning() throws IOException {
        put("1-0-2", "\"type\":\"object\"," + FIELD);
        put("1-1-0", "\"type\":\"object\"," + FIELD);
        put("3-0-0", "\"type\":\"object\"," + FIELD);

        assertThat(run(0, folder))
                .contains(
                        "1-0-2: follows 1-0-0; expected the version after it, without a gap [versions]",
                        "3-0-0: follows 1-1-0; expected",
                        "4 schemas: 0 errors, 2 warnings");
        assertThat(run(0, folder.resolve("schemas/com.acme/a/jsonschema/1-0-2")))
                .contains("0 warnings");
    }

    @Test
    void a_schema_in_two_folders_is_an_error() throws IOException {
        Path other = path(
                "other/com.acme/a/jsonschema/1-0-0",
                Files.readString(folder.resolve("schemas/com.acme/a/jsonschema/1-0-0")));

        assertThat(run(1, folder, folder.resolve("other")))
                .contains("error: " + other + ": is iglu:com.acme/a/jsonschema/1-0-0, as is ");
        assertThat(run(0, folder, folder)).contains("1 schema: 0 errors");
    }

    @Test
    void a_folder_without_schemas_is_an_error() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(run(1, empty))
                .contains("error: " + empty + ": has no schemas; expected schemas/VENDOR", "0 schemas: 1 error");
        Path readme = Files.createDirectories(folder.resolve("readme"));
        Files.writeString(readme.resolve("README.md"), "x");
        assertThat(run(1, readme)).contains("has no schemas");
        assertThat(run(0, folder.resolve("schemas"), "--skip-schemas", "iglu:com.acme/a/jsonschema/1-0-0"))
                .contains("0 schemas: 0 errors");
    }

    @Test
    void a_file_that_is_not_json_is_named_with_line_and_column() throws IOException {
        file("1-0-1", "{\n  \"a\": tru\n}");
        assertThat(run(1, folder))
                .contains("1-0-1: is not JSON: line 2, column ")
                .doesNotContain("Source", "REDACTED");
        file("1-0-1", "{\"a\":1,\n\"a\":2}");
        assertThat(run(1, folder))
                .contains("duplicate key, the last one counts: line 2, column ")
                .doesNotContain("Source");
    }

    @Test
    void a_folder_that_is_named_by_a_link_is_read() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("schemas"));
        assertThat(run(0, link)).contains("1 schema: 0 errors");
        file("1-0-1", "{");
        assertThat(run(1, link)).contains("error: " + link.resolve("com.acme/a/jsonschema/1-0-1"));
    }

    @Test
    @Timeout(30)
    void a_pipe_in_a_folder_is_not_read() throws Exception {
        Path pipe = folder.resolve("schemas/com.acme/a/jsonschema/1-0-1");
        try {
            assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "mkfifo failed");
        } catch (IOException e) {
            assumeTrue(false, "mkfifo is not installed");
        }
        assertThat(run(1, folder)).contains("1-0-1: is a device, a pipe or a socket, which is not read");
    }

    @Test
    void links_and_large_files_are_not_read() throws IOException {
        Path outside = Files.writeString(folder.resolve("outside"), "{\"secret\":1}");
        Files.createSymbolicLink(folder.resolve("schemas/com.acme/a/jsonschema/1-0-1"), outside);
        Files.createSymbolicLink(folder.resolve("schemas/com.acme/linked"), folder);
        file("1-0-2", " ".repeat(4_000_001));

        assertThat(run(1, folder, "--skip-warnings"))
                .contains(
                        "1-0-1: is a symbolic link, which is not followed",
                        "linked: is a symbolic link",
                        "1-0-2: has more than 4 MB",
                        "3 errors");
    }

    @Test
    void what_is_asked_wrongly_is_said() {
        assertThat(run(2, folder.resolve("nowhere"))).contains("nowhere: no such file or folder; expected schemas");
        assertThat(run(2, folder, "--skip-checks", "descriptions"))
                .contains("--skip-checks: no such check: descriptions; expected some of description, duplicateKeys");
        assertThat(run(2, folder, "--skip-schemas", "a")).contains("--skip-schemas: \"a\" is not an Iglu schema URI");
        assertThat(run(2)).contains("DIR|FILE");
        assertThat(run(0, "--help")).contains("Examples:", "internal-events lint iglu-registry --skip-warnings");
    }

    @Test
    void a_schema_that_is_skipped_is_not_checked() throws IOException {
        put("1-0-1", "\"type\":\"strng\"");

        assertThat(run(0, folder, "--skip-schemas", "iglu:com.acme/a/jsonschema/1-0-1"))
                .contains("1 schema: 0 errors, 0 warnings");
    }
}
