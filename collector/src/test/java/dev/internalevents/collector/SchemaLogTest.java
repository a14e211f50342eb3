package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.CapturedLog;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log messages about schemas. */
class SchemaLogTest {

    @Test
    void nothing_is_logged_of_keywords_that_draft_4_does_not_know(@TempDir Path folder) throws Exception {
        SchemaFiles.write(
                folder,
                "com.acme/thing/jsonschema/1-0-0",
                "{\"x-owner\":\"shop\",\"examples\":[1],\"$defs\":{\"n\":{\"type\":\"integer\",\"x-unit\":\"ms\"}},"
                        + "\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#/$defs/n\"}}}");
        try (CapturedLog log = CapturedLog.of("com.networknt.schema");
                TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.micro().iglu(folder));
            collector.post(
                    "/com.snowplowanalytics.iglu/v1",
                    "{\"schema\":\"iglu:com.acme/thing/jsonschema/1-0-0\",\"data\":{\"n\":\"a\"}}");
            assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                    .contains("at /n: is of type string, expected integer");
            assertThat(log.messages()).isEmpty();
        }
    }
}
