package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** References in schemas resolve, or fail to resolve, as they do in Snowplow's pipeline. */
@EnabledIf(
        value = "dev.internalevents.iglu.PipelineValidator#isThere",
        disabledReason = "there is no target/pipeline-validator, which Maven fills")
class ReferenceComparisonTest {

    private static final SchemaKey THING = SchemaKey.of("com.acme", "thing", "1-0-0");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'properties':{'x':{'$ref':'http://r.test/s'}}} | true",
                "{'properties':{'x':{'$ref':'http://r.test/s#'}}} | true",
                "{'properties':{'x':{'$ref':'http://r.test/s#/definitions/a'}}} | false",
                "{'properties':{'x':{'$ref':'http://r.test/s#/'}}} | false",
                "{'properties':{'x':{'$ref':'http://r.test/s#name'}}} | false",
                "{'properties':{'x':{'$ref':'HTTP://r.test/s'}}} | false",
                "{'properties':{'x':{'$ref':'Https://r.test/s#/definitions/a'}}} | false",
                "{'properties':{'x':{'$ref':'ftp://r.test/s'}}} | false",
                "{'properties':{'x':{'$ref':'file:///etc/passwd'}}} | false",
                "{'properties':{'x':{'$ref':'iglu:com.acme/a/jsonschema/1-0-0'}}} | false",
                "{'properties':{'x':{'$ref':'other'}}} | false",
                "{'id':'http://r.test/me','definitions':{'a':{}},'properties':{'x':{'$ref':'http://r.test/me#/definitions/a'}}} | false",
                "{'id':'http://r.test/me','definitions':{'a':{}},'properties':{'x':{'$ref':'me#/definitions/a'}}} | false",
                "{'id':'http://r.test/me','type':'object','properties':{'x':{'$ref':'http://r.test/me'}}} | true",
                "{'id':'http://r.test/me','type':'object','properties':{'x':{'$ref':'http://r.test/me#'}}} | true",
                "{'id':'http://r.test/me','properties':{'x':{'$ref':'other'}}} | true",
                "{'id':'http://r.test/me','definitions':{'a':{'type':'string'}},'properties':{'x':{'$ref':'#/definitions/a'}}} | false",
                "{'definitions':{'a':{'id':'http://r.test/a','type':'string'}},'properties':{'x':{'$ref':'http://r.test/a'}}} | true",
                "{'definitions':{'a':{'id':'#a','type':'string'}},'properties':{'x':{'$ref':'#a'}}} | false",
                "{'$defs':{'a':{'type':'string'}},'properties':{'x':{'$ref':'#/$defs/a'}}} | false",
                "{'$defs':{'a':{'type':'integer'}},'properties':{'x':{'$ref':'#/$defs/a'}}} | true"
            })
    void a_reference_is_resolved_as_in_the_pipeline(String quoted, boolean good) throws Exception {
        String schema = quoted.replace('\'', '"');
        try (PipelineValidator pipeline = new PipelineValidator()) {
            Object theirs = pipeline.schema(
                    schema.replaceFirst("\\{", "{\"\\$schema\":\"" + SchemaCompiler.IGLU_META_SCHEMA + "\","));
            assertThat(pipeline.validate(theirs, "{\"x\":1}").good()).isEqualTo(good);
        }
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new OneSchema(schema))));
        assertThat(validator
                        .validate(new SelfDescribingJson(THING, Json.parse("{\"x\":1}")))
                        .isEmpty())
                .isEqualTo(good);
    }
}
