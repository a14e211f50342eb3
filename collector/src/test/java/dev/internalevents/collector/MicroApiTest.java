package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.testkit.Payloads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class MicroApiTest {

    private static final String CONTEXT = Payloads.escaped(
            Payloads.contexts(Payloads.selfDescribing(Payloads.GITLAB_STANDARD, Map.of("environment", "test"))));

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws IOException {
        collector.start(CollectorSettings.micro().maxEvents(5).iglu(folder));
    }

    @Test
    void good_events_have_the_shape_that_tools_expect() throws Exception {
        collector.track(
                "{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"a\",\"se_va\":\"1.5\",\"p\":\"srv\",\"tv\":\"t\",\"aid\":\"app\","
                        + "\"eid\":\"6fd9eec5-9741-4f03-964a-bcc7224c56c3\",\"dtm\":\"1795470524716\",\"stm\":\"1795470524716\",\"co\":\""
                        + CONTEXT + "\"}");

        JsonNode event = collector.json("/micro/good").get(0);
        assertThat(event.propertyNames()).containsExactly("rawEvent", "eventType", "schema", "contexts", "event");
        assertThat(event.path("rawEvent").propertyNames())
                .containsExactly("api", "parameters", "contentType", "source", "context");
        assertThat(event.at("/rawEvent/context").propertyNames())
                .containsExactly("timestamp", "ipAddress", "useragent", "refererUri", "headers", "userId");
        assertThat(event.path("eventType").asString()).isEqualTo("struct");
        assertThat(event.path("schema").asString()).isEqualTo("iglu:com.google.analytics/event/jsonschema/1-0-0");
        assertThat(event.path("contexts").toString())
                .isEqualTo("[\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\"]");
        JsonNode fields = event.path("event");
        assertThat(fields.path("se_value").isNumber()).isTrue();
        assertThat(fields.path("event_id").asString()).isEqualTo("6fd9eec5-9741-4f03-964a-bcc7224c56c3");
        assertThat(fields.path("dvce_created_tstamp").asString()).isEqualTo("2026-11-23T21:48:44.716Z");
        assertThat(fields.path("derived_tstamp").asString())
                .isEqualTo(fields.path("collector_tstamp").asString());
        assertThat(fields.path("page_url").isNull()).isTrue();
        assertThat(fields.at("/contexts/data/0/data/environment").asString()).isEqualTo("test");
        assertThat(fields.at("/derived_contexts/data/0/schema").asString())
                .isEqualTo("iglu:com.snowplowanalytics.snowplow/ua_parser_context/jsonschema/1-0-0");
        assertThat(fields.path("unstruct_event").isNull()).isTrue();
    }

    @Test
    void a_self_describing_event_is_decoded() throws Exception {
        collector.track(Payloads.selfDescribingEvent(Payloads.LINK_CLICK, Map.of("targetUrl", "http://x")));

        JsonNode event = collector.json("/micro/good").get(0);
        assertThat(event.path("eventType").asString()).isEqualTo("unstruct");
        assertThat(event.at("/event/event_name").asString()).isEqualTo("link_click");
        assertThat(event.at("/event/unstruct_event/data/data/targetUrl").asString())
                .isEqualTo("http://x");
        assertThat(event.path("schema").asString())
                .isEqualTo("iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1");
    }

    @Test
    void filters_choose_events() throws Exception {
        collector.track("{\"e\":\"pv\",\"eid\":\"00000000-0000-4000-8000-000000000001\"}");
        collector.track("{\"e\":\"se\",\"eid\":\"00000000-0000-4000-8000-000000000002\",\"co\":\"" + CONTEXT + "\"}");
        collector.track("{\"e\":\"se\",\"eid\":\"00000000-0000-4000-8000-000000000003\"}");

        assertThat(ids("{}")).containsExactly("3", "2", "1");
        assertThat(ids("{\"limit\":2}")).containsExactly("3", "2");
        assertThat(ids("{\"event_type\":\"page_view\"}")).containsExactly("1");
        assertThat(ids("{\"schema\":\"iglu:com.google.analytics/event/jsonschema/1-0-0\"}"))
                .containsExactly("3", "2");
        assertThat(ids("{\"contexts\":[\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\"]}"))
                .containsExactly("2");
        assertThat(
                        ids(
                                "{\"contexts\":[\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"iglu:a/b/jsonschema/1-0-0\"]}"))
                .isEmpty();
        collector.post("/com.acme/v9", "x");
        assertThat(collector
                        .json("/micro/bad", "{\"vendor\":\"com.acme\",\"version\":\"v9\"}")
                        .size())
                .isEqualTo(1);
        assertThat(collector.json("/micro/bad", "{\"vendor\":\"com.other\"}").size())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"limit\":\"x\"}",
                "{\"limit\":-1}",
                "{\"event_type\":1}",
                "{\"contexts\":\"x\"}",
                "{\"evnt\":1}",
                "{"
            })
    void a_wrong_filter_is_a_clear_error(String filter) throws Exception {
        HttpResponse<String> answer = collector.post("/micro/good", filter);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":\"");
    }

    @Test
    void reset_empties_and_answers_the_summary() throws Exception {
        collector.track("{\"e\":\"pv\"}");
        collector.post(TestCollector.TP2, "x");
        assertThat(collector.post("/micro/all", "").body()).isEqualTo("{\"total\":2,\"good\":1,\"bad\":1}");

        assertThat(collector.get("/micro/reset").body()).isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
        assertThat(collector.get("/micro/good").body()).isEqualTo("[]");
        assertThat(collector.get("/micro/bad").body()).isEqualTo("[]");
    }

    @Test
    void older_events_make_room() throws Exception {
        for (int i = 1; i <= 8; i++) {
            collector.track("{\"e\":\"pv\",\"eid\":\"00000000-0000-4000-8000-00000000000" + i + "\"}");
        }

        assertThat(collector.json("/micro/all").path("total").asInt()).isEqualTo(5);
        assertThat(ids("{}")).containsExactly("8", "7", "6", "5", "4");
    }

    @Test
    void a_folder_of_schemas_is_asked_first_and_read_anew_when_it_changes() throws Exception {
        Path file = SchemaFiles.write(folder, "com.acme/thing/jsonschema/1-0-0", schema("integer"));
        String event =
                "{\"e\":\"ue\",\"ue_pr\":\"{\\\"schema\\\":\\\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\\\","
                        + "\\\"data\\\":{\\\"schema\\\":\\\"iglu:com.acme/thing/jsonschema/1-0-0\\\",\\\"data\\\":{\\\"n\\\":\\\"text\\\"}}}\"}";
        collector.start(CollectorSettings.micro().maxEvents(5).iglu(folder));
        collector.track(event);
        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains("at /n: is of type string");
        assertThat(collector.get("/micro/iglu/com.acme/thing/jsonschema/1-0-0").body())
                .contains("integer");

        Files.writeString(file, schema("string"));
        assertThat(collector.get("/micro/iglu/com.acme/thing/jsonschema/1-0-0").body())
                .contains("string");
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            collector.get("/micro/reset");
            collector.track(event);
            assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(1);
        });
    }

    @Test
    void a_schema_that_is_wrong_itself_is_shown_with_what_is_wrong() throws Exception {
        SchemaFiles.write(
                folder,
                "com.acme/thing/jsonschema/1-0-0",
                "{\"type\":\"object\",\"properties\":{\"n\":{\"maxLength\":\"3\"}}}");
        collector.start(CollectorSettings.micro().maxEvents(5).iglu(folder));

        HttpResponse<String> wrong = collector.get("/micro/iglu/com.acme/thing/jsonschema/1-0-0");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body())
                .contains(
                        "each event that needs it fails",
                        "{\"pointer\":\"/properties/n/maxLength\",\"message\":\"found \\\"3\\\", expected a whole number of 0 or more\"}",
                        "\"schema\":\"{");
    }

    @Test
    void shipped_schemas_answer_for_each_version_of_their_model() throws Exception {
        assertThat(collector
                        .json("/micro/iglu/com.gitlab/gitlab_standard/jsonschema/1-0-5")
                        .at("/self/version")
                        .asString())
                .isEqualTo("1-0-5");
        HttpResponse<String> missing = collector.get("/micro/iglu/com.acme/nope/jsonschema/1-0-0");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("tried", "shipped schemas", folder.toString());
        assertThat(collector
                        .get("/micro/iglu/com.acme/..%2f..%2fx/jsonschema/1-0-0")
                        .statusCode())
                .isEqualTo(404);
        assertThat(collector.get("/micro/iglu/com.acme/x").statusCode()).isEqualTo(404);
    }

    @Test
    void the_stream_tells_of_every_change() throws Exception {
        HttpResponse<java.io.InputStream> stream = HttpClient.newHttpClient()
                .send(collector.to("/micro/stream").build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(next(lines)).isEqualTo(":");
            assertThat(next(lines)).isEqualTo("event: rights");
            assertThat(next(lines)).isEqualTo("data: {\"change\":true,\"reset\":true}");
            assertThat(next(lines)).isEqualTo("event: summary");
            assertThat(next(lines)).startsWith("data: {\"total\":0,\"good\":0,\"bad\":0");
            collector.track("{\"e\":\"pv\",\"page\":\"a title\"}");
            List<String> told = new ArrayList<>();
            while (told.stream().noneMatch(line -> line.contains("\"total\":1"))) {
                told.add(next(lines));
            }
            assertThat(told).contains("event: processed").anyMatch(line -> line.contains("\"page_title\":\"a title\""));
        }
    }

    @Test
    void events_are_not_for_other_sites() throws Exception {
        assertThat(collector.raw("GET /micro/good HTTP/1.1\r\nHost: evil.test:9091\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(collector.raw("POST /micro/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n"
                        + "Sec-Fetch-Mode: no-cors\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(collector.get("/micro/good").headers().map()).doesNotContainKey("access-control-allow-origin");
        assertThat(collector
                        .get("/micro/ui")
                        .headers()
                        .firstValue("Content-Security-Policy")
                        .orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
    }

    @Test
    void a_port_in_use_is_said() {
        assertThatThrownBy(() -> Collector.start(CollectorSettings.local(collector.port())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + collector.port() + " cannot be used")
                .hasMessageContaining("--port");
        assertThatThrownBy(() -> Collector.start(CollectorSettings.micro()
                        .port(0)
                        .iglu(Path.of("no-such-folder"))
                        .build()))
                .hasMessageContaining("\"no-such-folder\" is not a folder");
    }

    private static String next(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && line.isEmpty()) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }

    private List<String> ids(String filter) throws Exception {
        return collector
                .json("/micro/good", filter)
                .valueStream()
                .map(event -> event.at("/event/event_id").asString())
                .map(id -> id.substring(id.length() - 1))
                .toList();
    }

    private static String schema(String type) {
        return "{\"$schema\":\"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\","
                + "\"self\":{\"vendor\":\"com.acme\",\"name\":\"thing\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"},"
                + "\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"" + type + "\"}}}";
    }
}
