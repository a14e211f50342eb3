package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Problems of a schema itself are reported before it is used, with the location and what draft 4 expects there. */
class SchemaCheckTest {

    private static final SchemaKey THING = SchemaKey.of("com.acme", "thing", "1-0-0");

    private static List<SchemaProblem> problems(String schema) {
        return SchemaCheck.problems(THING, schema);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'exclusiveMinimum':0} | /exclusiveMinimum | found 0, expected true or false; the limit itself is \"minimum\"",
                "{'exclusiveMinimum':true} | /exclusiveMinimum | found no \"minimum\" beside it, expected one",
                "{'exclusiveMaximum':true,'minimum':1} | /exclusiveMaximum | found no \"maximum\" beside it, expected one",
                "{'properties':{'x':{'required':true}}} | /properties/x/required | found true, expected an array of at least"
                        + " one name, each once, in the schema of the object",
                "{'required':[]} | /required | found [], expected an array of at least one name, each once, in the schema of"
                        + " the object",
                "{'required':['a',1]} | /required | found [\"a\",1], expected an array of at least one name, each once, in the"
                        + " schema of the object",
                "{'maxLength':'3'} | /maxLength | found \"3\", expected a whole number of 0 or more",
                "{'maxLength':-1} | /maxLength | found -1, expected a whole number of 0 or more",
                "{'minimum':'1'} | /minimum | found \"1\", expected a number",
                "{'multipleOf':0} | /multipleOf | found 0, expected a number above 0",
                "{'enum':['a','a']} | /enum | found [\"a\",\"a\"], expected an array of at least one value, each once",
                "{'enum':[1.5,1.5]} | /enum | found [1.5,1.5], expected an array of at least one value, each once",
                "{'type':'strng'} | /type | found \"strng\", expected array, boolean, integer, null, number, object or string,"
                        + " or an array of some of them, each once",
                "{'properties':{'type':{'type':['string','strng']}}} | /properties/type/type | found [\"string\",\"strng\"],"
                        + " expected array, boolean, integer, null, number, object or string, or an array of some of them,"
                        + " each once",
                "{'properties':{'type':'string'}} | /properties/type | found \"string\", expected a schema, which is an object",
                "{'items':[]} | /items | found [], expected a schema, or an array of at least one schema",
                "{'items':[{'type':'string'},{'items':{'minItems':'x'}}]} | /items/1/items/minItems | found \"x\", expected a"
                        + " whole number of 0 or more",
                "{'additionalProperties':'no'} | /additionalProperties | found \"no\", expected true, false or a schema",
                "{'dependencies':{'a':[]}} | /dependencies/a | found [], expected a schema, or an array of at least one name,"
                        + " each once",
                "{'definitions':{'a/b':{'not':1}}} | /definitions/a~1b/not | found 1, expected a schema, which is an object",
                "{'anyOf':{}} | /anyOf | found {}, expected an array of at least one schema",
                "{'pattern':'('} | /pattern | the pattern \"(\" is not a valid regular expression: Unclosed group",
                "{'patternProperties':{'[':{}}} | /patternProperties/[ | the pattern \"[\" is not a valid regular expression: Unclosed"
                        + " character class",
                "{'$defs':{'a':{'maxLength':'3'}},'properties':{'x':{'$ref':'#/$defs/a'}}} | /$defs/a/maxLength | found \"3\","
                        + " expected a whole number of 0 or more",
                "{'x':{'a':{'$ref':'#/x/b/properties/c'},'b':{'properties':{'c':{'type':'strng'}}}},'items':{'$ref':'#/x/a'}} |"
                        + " /x/b/properties/c/type | found \"strng\", expected array, boolean, integer, null, number, object"
                        + " or string, or an array of some of them, each once",
                "{'x':{'a':{'pattern':'('}},'items':{'$ref':'#/x/a'}} | /x/a/pattern | the pattern \"(\" is not a valid regular"
                        + " expression: Unclosed group",
                "{'x':{'a':{'$ref':'#/y'}},'items':{'$ref':'#/x/a'}} | /x/a/$ref | found \"#/y\", which is not in this"
                        + " schema; expected # and a JSON pointer, such as #/definitions/NAME",
                "{'items':{'$ref':'http://r.test/s#/definitions/a'}} | /items/$ref | found \"http://r.test/s#/definitions/a\","
                        + " a part of a schema on the network, which is not fetched; expected # and a JSON pointer, such as"
                        + " #/definitions/NAME",
                "{'id':'http://r.test/me','definitions':{'a':{}},'items':{'$ref':'http://r.test/me#/definitions/a'}} |"
                        + " /items/$ref | found \"http://r.test/me#/definitions/a\", a part of a schema on the network, which"
                        + " is not fetched; expected # and a JSON pointer, such as #/definitions/NAME",
                "{'items':{'$ref':'HTTP://r.test/s'}} | /items/$ref | found \"HTTP://r.test/s\", which is not in this"
                        + " schema; expected # and a JSON pointer, such as #/definitions/NAME",
                "{'properties':{'x':{'$ref':'#/definitions/y'}}} | /properties/x/$ref | found \"#/definitions/y\", which is"
                        + " not in this schema; expected # and a JSON pointer, such as #/definitions/NAME",
                "{'$schema':'http://json-schema.org/draft-07/schema#'} | /$schema | found"
                        + " \"http://json-schema.org/draft-07/schema#\", expected"
                        + " \"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\";"
                        + " schemas of Iglu are JSON Schema draft 4",
                "{'$schema':4} | /$schema | found 4, expected a string",
                "{'$supersededBy':'1-0-0'} | /$supersededBy | found \"1-0-0\", expected a version above 1-0-0",
                "{'$supersededBy':2} | /$supersededBy | found 2, expected a version above 1-0-0",
                "{'self':{'vendor':'com.acme','name':'other','format':'jsonschema','version':'1-0-0'}} | /self | its self"
                        + " block names com.acme/other/jsonschema/1-0-0, expected com.acme/thing/jsonschema/1-0-0, under which"
                        + " it was found",
                "[] | `` | it is not a JSON object"
            })
    void an_invalid_schema_is_reported_with_location_and_expectation(String schema, String pointer, String message) {
        assertThat(problems(schema.replace('\'', '"'))).containsExactly(new SchemaProblem(pointer, message));
    }

    @Test
    void each_invalid_location_is_reported_once() {
        assertThat(problems("{\"type\":\"strng\",\"required\":true,\"properties\":{\"a\":{\"minLength\":\"1\"}}}"))
                .extracting(SchemaProblem::pointer)
                .containsExactlyInAnyOrder("/type", "/required", "/properties/a/minLength");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":[\"string\",\"null\"],\"unknown\":1,\"format\":\"nonsense\"}",
                "{\"minimum\":0,\"exclusiveMinimum\":true}",
                "{\"properties\":{\"required\":{\"type\":\"boolean\"},\"type\":{},\"items\":{\"enum\":[1,2]}}}",
                "{\"$ref\":\"#/definitions/a%20b\",\"definitions\":{\"a b\":{\"type\":\"object\"}}}",
                "{\"$ref\":\"https://elsewhere.test/schema\"}",
                "{\"items\":{\"$ref\":\"https://elsewhere.test/schema#\"}}",
                "{\"$defs\":{\"a\":{\"items\":{\"$ref\":\"#/$defs/a\"}},\"unused\":{\"maxLength\":\"3\"}},\"items\":{\"$ref\":\"#/$defs/a\"}}",
                "{\"id\":\"http://r.test/me\",\"items\":{\"$ref\":\"http://r.test/me\"}}",
                "{\"id\":\"http://r.test/me\",\"items\":{\"$ref\":\"other\"}}",
                "{\"definitions\":{\"a\":{\"id\":\"#named\"}},\"properties\":{\"x\":{\"$ref\":\"#named\"}}}",
                "{\"enum\":[{\"type\":\"strng\",\"required\":true}],\"default\":{\"minLength\":\"x\"}}",
                "{\"$schema\":\"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\"}"
            })
    void a_schema_that_draft_4_allows_is_valid(String schema) {
        assertThat(problems(schema)).isEmpty();
    }

    @Test
    void an_event_that_needs_an_invalid_schema_fails_with_the_problems_of_the_schema(@TempDir Path folder)
            throws Exception {
        Path file = folder.resolve(THING.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"properties\":{\"x\":{\"type\":\"number\",\"exclusiveMinimum\":0}}}");
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));

        for (int x : new int[] {0, 1}) {
            assertThat(validator.validate(new SelfDescribingJson(THING, Map.of("x", x))))
                    .containsExactly(new Violation(
                            THING,
                            "",
                            "the schema found in folder " + folder + " cannot be used: at"
                                    + " /properties/x/exclusiveMinimum: found 0, expected true or false; the limit itself is"
                                    + " \"minimum\""));
        }
    }

    @Test
    void a_schema_with_many_mistakes_has_a_short_reason(@TempDir Path folder) throws Exception {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            properties.append(i == 0 ? "" : ",").append("\"p" + i + "\":{\"type\":\"" + "x".repeat(100) + "\"}");
        }
        Path file = folder.resolve(THING.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"properties\":{" + properties + "}}");
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));

        assertThat(validator.validate(new SelfDescribingJson(THING, Map.of())))
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .hasSizeLessThan(2_000)
                .endsWith(" more");
    }

    @Test
    void a_deeply_nested_schema_is_valid_or_rejected() {
        for (int depth : new int[] {100, 400, 600, 100_000}) {
            String deep = "{\"items\":".repeat(depth) + "{\"type\":\"string\"}" + "}".repeat(depth);
            assertThat(problems(deep)).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void a_wide_schema_at_a_great_depth_is_checked_in_little_memory() {
        StringBuilder wide = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            wide.append(i == 0 ? "" : ",").append("\"p" + i + "\":{}");
        }
        String schema =
                "{\"items\":".repeat(400) + "{\"properties\":{" + wide + "},\"pattern\":\"(\"}" + "}".repeat(400);

        assertThat(problems(schema))
                .extracting(SchemaProblem::pointer)
                .containsExactly("/items".repeat(400) + "/pattern");
    }

    @Test
    void nothing_is_fetched_for_a_schema_and_remote_references_allow_anything(@TempDir Path folder) throws Exception {
        Path file = folder.resolve(THING.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"properties\":{\"x\":{\"$ref\":\"http://127.0.0.1:1/elsewhere\"}}}");
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));

        assertThat(validator.validate(new SelfDescribingJson(THING, Map.of("x", 1))))
                .isEmpty();
    }

    @Test
    void a_file_that_exists_and_cannot_be_read_is_reported_first(@TempDir Path folder) throws Exception {
        Path file = folder.resolve(THING.path());
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}'});
        assertThat(unknown(folder))
                .isEqualTo(file + " cannot be read: it is not UTF-8; no other registry has the schema");

        Files.writeString(file, " ".repeat(4_000_001));
        assertThat(unknown(folder))
                .isEqualTo(file + " cannot be read: larger than 4000000 bytes; no other registry has the schema");

        Files.delete(file);
        Files.createSymbolicLink(file, file);
        assertThat(unknown(folder))
                .startsWith(file + " cannot be read: ")
                .endsWith("; no other registry has the schema");

        Files.delete(file);
        assertThat(unknown(folder)).startsWith("the schema is not known (looked in: folder ");
        Files.createDirectory(file);
        assertThat(unknown(folder)).startsWith("the schema is not known (looked in: folder ");
    }

    private static String unknown(Path folder) {
        SchemaValidator validator =
                new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder), new ShippedRegistry())));
        return validator
                .validate(new SelfDescribingJson(THING, Map.of()))
                .get(0)
                .message();
    }
}
