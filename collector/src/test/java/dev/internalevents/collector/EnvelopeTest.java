package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The envelope of a tracker's POST: its query string, its content type, the versions of its schemas. */
class EnvelopeTest {

    private static final String EVENT = "{\"e\":\"pv\",\"p\":\"web\",\"aid\":\"frombody\"}";

    @RegisterExtension
    private static final TestCollector collector = new TestCollector();

    @RegisterExtension
    private static final TestCollector lenient =
            new TestCollector(CollectorSettings.micro().lenientEnvelope(true));

    private static String payload(String version, String events) {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/" + version + "\",\"data\":["
                + events + "]}";
    }

    private static void post(TestCollector to, String query, byte[] body, String... headers) throws Exception {
        assertThat(to.post(TestCollector.TP2 + query, body, headers).statusCode())
                .isEqualTo(200);
    }

    private static void post(TestCollector to, String query, String body, String... headers) throws Exception {
        post(to, query, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    @Test
    void the_query_of_a_post_is_in_each_event_of_its_body_and_wins() throws Exception {
        post(
                collector,
                "?aid=fromquery&uid=u1&p=mob",
                payload("1-0-4", EVENT + ",{\"e\":7},{\"e\":\"pp\",\"aid\":\"b\"}"));

        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).isEqualTo(2);
        for (JsonNode event : good) {
            assertThat(event.at("/event/app_id").asString()).isEqualTo("fromquery");
            assertThat(event.at("/event/user_id").asString()).isEqualTo("u1");
            assertThat(event.at("/event/platform").asString()).isEqualTo("mob");
            assertThat(event.at("/rawEvent/parameters/aid").asString()).isEqualTo("fromquery");
        }
        assertThat(collector.json("/micro/bad").size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "?&", "?&&"})
    void a_query_without_a_parameter_changes_nothing(String query) throws Exception {
        post(collector, query, payload("1-0-4", EVENT));
        assertThat(collector.json("/micro/good").get(0).at("/event/app_id").asString())
                .isEqualTo("frombody");

        assertThat(collector.get("/i" + query).statusCode()).isEqualTo(200);
        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains("the query string: it is empty; expected an event");
    }

    @Test
    void a_query_that_cannot_be_read_fails_the_whole_request_which_is_kept() throws Exception {
        String body = payload("1-0-4", EVENT + "," + EVENT);
        assertThat(collector.raw("POST " + TestCollector.TP2
                        + "?aid=%ZZ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))
                .startsWith("HTTP/1.1 200 ");

        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.size()).isEqualTo(1);
        assertThat(bad.get(0).at("/errors/0").asString()).contains("the query string");
        assertThat(bad.get(0).at("/collectorPayload/body").asString()).isEqualTo(body);
        assertThat(collector.json("/micro/good").size()).isZero();
    }

    @Test
    void a_query_that_would_fill_the_memory_in_each_event_fails_the_request() throws Exception {
        String many = "{\"e\":\"pv\"}" + ",{\"e\":\"pv\"}".repeat(999);
        post(collector, "?page=" + "x".repeat(8_100), payload("1-0-4", many));
        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains("the query string: it has 8105 characters and is copied into each of 1000 events");
        assertThat(collector.json("/micro/all").path("total").asInt()).isEqualTo(1);

        post(collector, "?page=" + "x".repeat(1_000), payload("1-0-4", many));
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/json; charset=UTF-8",
                "application/json;charset=utf-8",
                "Application/JSON ; Charset=\"UTF-8\"",
                "application/json;"
            })
    void json_in_utf_8_is_taken(String type) throws Exception {
        post(collector, "", payload("1-0-4", EVENT), "Content-Type", type);

        assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain;charset=UTF-8",
                "application/x-www-form-urlencoded",
                "application/json; charset=iso-8859-1",
                "application/json; charset=utf8",
                "application/json; profile=x",
                "application/json; charset=utf-8; profile=x",
                "application/jsonx",
                "application/vnd.api+json",
                "application/octet-stream",
                "json",
                "charset=utf-8",
                "application/json, text/plain"
            })
    void another_content_type_is_a_failed_event_with_that_reason_unless_it_is_allowed(String type) throws Exception {
        String body = payload("1-0-4", EVENT + "," + EVENT);
        post(collector, "", body, "Content-Type", type);
        post(lenient, "", body, "Content-Type", type);

        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.size()).isEqualTo(1);
        assertThat(bad.get(0).at("/errors/0").asString())
                .contains("the content type: it is \"" + type + "\"; expected application/json");
        assertThat(bad.get(0).at("/collectorPayload/body").asString()).isEqualTo(body);
        assertThat(lenient.json("/micro/all").path("good").asInt()).isEqualTo(2);
    }

    @Test
    void a_self_describing_json_that_is_sent_as_a_form_is_an_event_if_it_is_allowed() throws Exception {
        String event = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1\",\"data\":"
                + "{\"targetUrl\":\"https://x.test/\"}}";
        for (TestCollector one : List.of(collector, lenient)) {
            for (String body : new String[] {event, " [" + event + "]"}) {
                one.post(
                        "/com.snowplowanalytics.iglu/v1",
                        body.getBytes(StandardCharsets.UTF_8),
                        "Content-Type",
                        "application/x-www-form-urlencoded");
            }
        }

        assertThat(collector.json("/micro/all").path("bad").asInt()).isEqualTo(2);
        assertThat(lenient.json("/micro/all").path("good").asInt()).isEqualTo(2);
    }

    @Test
    void no_content_type_is_a_failed_event_unless_it_is_allowed() throws Exception {
        String body = payload("1-0-4", EVENT);
        for (TestCollector one : List.of(collector, lenient)) {
            assertThat(one.send(one.to(TestCollector.TP2).POST(HttpRequest.BodyPublishers.ofString(body)))
                            .statusCode())
                    .isEqualTo(200);
        }

        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains("the content type: it is missing; expected application/json");
        assertThat(lenient.json("/micro/all").path("good").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1-0-0,true", "1-0-4,true", "1-0-5,false", "1-0-99,false", "1-1-0,false"})
    void a_version_of_payload_data_that_does_not_exist_is_a_failed_event(String version, boolean good)
            throws Exception {
        post(collector, "", payload(version, EVENT));
        post(lenient, "", payload(version, EVENT));

        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(good ? 1 : 0);
        if (!good) {
            assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                    .contains(version);
        }
        assertThat(lenient.json("/micro/all").path("good").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "contexts,1-0-0,true",
        "contexts,1-0-1,true",
        "contexts,1-1-0,false",
        "unstruct_event,1-0-0,true",
        "unstruct_event,1-0-1,false"
    })
    void a_version_of_an_envelope_that_does_not_exist_is_a_failed_event(String name, String version, boolean good)
            throws Exception {
        String click = "{\\\"schema\\\":\\\"iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1\\\","
                + "\\\"data\\\":{\\\"targetUrl\\\":\\\"https://x.test/\\\"}}";
        boolean contexts = name.equals("contexts");
        String event = "{\"e\":\"" + (contexts ? "pv" : "ue") + "\",\"" + (contexts ? "co" : "ue_pr")
                + "\":\"{\\\"schema\\\":\\\"iglu:com.snowplowanalytics.snowplow/" + name + "/jsonschema/" + version
                + "\\\",\\\"data\\\":" + (contexts ? "[" + click + "]" : click) + "}\"}";
        post(collector, "", payload("1-0-4", event));
        post(lenient, "", payload("1-0-4", event));

        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(good ? 1 : 0);
        if (!good) {
            assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                    .contains(name + "/jsonschema/" + version + ", expected");
        }
        assertThat(lenient.json("/micro/all").path("good").asInt()).isEqualTo(1);
    }

    @Test
    void a_request_that_failed_for_its_content_type_is_taken_once_that_is_allowed(@TempDir Path folder)
            throws Exception {
        CollectorSettingsBuilder settings = CollectorSettings.collector(folder).readYourWrites(true);
        try (TestCollector own = new TestCollector()) {
            own.start(settings);
            post(own, "?uid=u1", payload("1-0-4", EVENT), "Content-Type", "text/plain");
            assertThat(own.json("/micro/all").path("bad").asInt()).isEqualTo(1);

            own.start(settings.lenientEnvelope(true));
            assertThat(own.post("/micro/failed/retry", "").statusCode()).isEqualTo(200);
            assertThat(own.json("/micro/good").get(0).at("/event/user_id").asString())
                    .isEqualTo("u1");
        }
    }

    @Test
    void a_compressed_body_is_merged_with_its_query_too() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(payload("1-0-4", EVENT).getBytes(StandardCharsets.UTF_8));
        }
        post(collector, "?aid=q", out.toByteArray(), "Content-Encoding", "gzip");

        assertThat(collector.json("/micro/good").get(0).at("/event/app_id").asString())
                .isEqualTo("q");
    }
}
