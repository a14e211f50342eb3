package dev.internalevents.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The editor schemas accept and reject the same files as the reader. */
class EditorSchemasTest {

    /** Errors that no schema can detect: references to other files, and conflicts between rules of a metric. */
    private static final Set<String> BEYOND =
            Set.of("is not defined", "declares no", "mixes", "carries no", "is not allowed for unique");

    @TempDir
    private Path root;

    private static String schema(String name) throws IOException {
        try (InputStream in = EditorSchemasTest.class.getResourceAsStream("/schemas/" + name + ".schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static boolean accepts(String name, String yaml) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema(name), InputFormat.JSON);
        return schema.validate(yaml, InputFormat.YAML).isEmpty();
    }

    private static Collection<String> properties(String name) throws IOException {
        return JsonMapper.shared().readTree(schema(name)).path("properties").propertyNames();
    }

    @Test
    void have_the_keys_that_are_read() throws IOException {
        assertThat(properties("event"))
                .containsExactlyInAnyOrderElementsOf(both(Keys.OF_EVENTS, Keys.OLD_OF_EVENTS));
        assertThat(properties("metric"))
                .containsExactlyInAnyOrderElementsOf(both(Keys.OF_METRICS, Keys.OLD_OF_METRICS));
    }

    private static List<String> both(List<String> keys, List<String> old) {
        return Stream.concat(keys.stream(), old.stream()).toList();
    }

    @Test
    void accept_what_is_right() throws IOException {
        assertThat(accepts("event", Tree.EVENT)).isTrue();
        assertThat(accepts("metric", Tree.METRIC)).isTrue();
        assertThat(accepts(
                        "metric",
                        Tree.METRIC
                                .replace("value_type: number", "value_type: object")
                                .replace("unique: user.id", "unique: label\n  operator: total")))
                .isTrue();
    }

    @Test
    void accept_a_custom_property_without_a_body() throws IOException {
        String bare = "    description: The engine that answered\n";
        assertThat(accepts("event", Tree.EVENT.replace(bare, ""))).isTrue();
        String label = "    description: The unit primitive that was asked for\n";
        assertThat(accepts("event", Tree.EVENT.replace(label, ""))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.internalevents.definitions.BadDefinitionsTest#events")
    void refuse_each_event_that_reading_refuses(String right, String wrong, String message) throws IOException {
        assertThat(accepts("event", Tree.EVENT.replace(right, wrong)))
                .as(message)
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.internalevents.definitions.BadDefinitionsTest#metrics")
    void refuse_each_metric_that_reading_refuses(String right, String wrong, String message) throws IOException {
        boolean visible = BEYOND.stream().noneMatch(message::contains);
        assertThat(accepts("metric", Tree.METRIC.replace(right, wrong)))
                .as(message)
                .isEqualTo(!visible);
    }
}
