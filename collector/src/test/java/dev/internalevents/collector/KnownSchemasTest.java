package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Schemas bundled with the collector, and registries with different schemas of the same name. */
class KnownSchemasTest {

    private static final String SNOWPLOW = "iglu:com.snowplowanalytics.snowplow";
    private static final String MOBILE = "iglu:com.snowplowanalytics.mobile";

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @Test
    void an_event_of_a_mobile_app_needs_no_registry() throws Exception {
        collector.start(CollectorSettings.micro());
        track(
                selfDescribing(
                        MOBILE + "/screen_view/jsonschema/1-0-0",
                        "{\"name\":\"Cart\",\"id\":\"6de9024e-17b9-4026-bd4d-efec50ae84cb\"}"),
                contexts(
                        selfDescribed(
                                SNOWPLOW + "/mobile_context/jsonschema/1-0-3",
                                "{\"osType\":\"android\",\"osVersion\":\"14\",\"deviceManufacturer\":\"Acme\",\"deviceModel\":\"One\"}"),
                        selfDescribed(
                                MOBILE + "/application/jsonschema/1-0-0", "{\"version\":\"1.2\",\"build\":\"34\"}")));

        assertThat(collector.json("/micro/bad")).isEmpty();
        assertThat(collector.json("/micro/good").at("/0/event/event_name").asString())
                .isEqualTo("screen_view");
    }

    @Test
    void what_a_shipped_schema_does_not_allow_fails_by_name() throws Exception {
        collector.start(CollectorSettings.micro());
        track(
                selfDescribing(
                        SNOWPLOW + ".media/percent_progress_event/jsonschema/1-0-0", "{\"percentProgress\":\"half\"}"),
                contexts(selfDescribed(SNOWPLOW + "/web_page/jsonschema/1-0-7", "{}")));

        assertThat(collector.json("/micro/good")).isEmpty();
        assertThat(collector.get("/micro/bad").body())
                .contains("percentProgress", "is of type string, expected integer")
                .contains("web_page/jsonschema/1-0-7", "the schema is not known (looked in: shipped schemas)");
    }

    @Test
    void a_schema_of_ones_own_counts_before_the_shipped_one(@TempDir Path registry) throws Exception {
        SchemaFiles.write(
                registry,
                "com.snowplowanalytics.snowplow/button_click/jsonschema/1-0-0",
                "{\"type\":\"object\",\"properties\":{\"own\":{\"type\":\"boolean\"}},\"required\":[\"own\"]}");
        collector.start(CollectorSettings.micro().iglu(registry));
        track(selfDescribing(SNOWPLOW + "/button_click/jsonschema/1-0-0", "{\"own\":true}"), contexts());
        track(selfDescribing(SNOWPLOW + "/button_click/jsonschema/1-0-0", "{\"label\":\"Buy\"}"), contexts());

        assertThat(collector.json("/micro/good")).hasSize(1);
        assertThat(collector.get("/micro/bad").body()).contains("the required field \\\"own\\\" is missing");
    }

    private static String selfDescribing(String schema, String data) {
        return selfDescribed(SNOWPLOW + "/unstruct_event/jsonschema/1-0-0", selfDescribed(schema, data));
    }

    private static String contexts(String... contexts) {
        return selfDescribed(SNOWPLOW + "/contexts/jsonschema/1-0-1", "[" + String.join(",", contexts) + "]");
    }

    private static String selfDescribed(String schema, String data) {
        return "{\"schema\":\"" + schema + "\",\"data\":" + data + "}";
    }

    private void track(String event, String contexts) throws Exception {
        String body =
                JsonMapper.shared().writeValueAsString(Map.of("e", "ue", "p", "mob", "ue_pr", event, "co", contexts));
        String request = selfDescribed(SNOWPLOW + "/payload_data/jsonschema/1-0-4", "[" + body + "]");
        assertThat(collector
                        .post(
                                TestCollector.TP2,
                                request.getBytes(StandardCharsets.UTF_8),
                                "Content-Type",
                                "application/json; charset=utf-8")
                        .statusCode())
                .isEqualTo(200);
    }
}
