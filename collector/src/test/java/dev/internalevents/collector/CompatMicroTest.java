package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.Payloads;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The requests and responses documented for Snowplow Micro's REST API
 * (https://docs.snowplow.io/docs/api-reference/snowplow-micro/api/), and the requests of programs written for it.
 */
class CompatMicroTest {

    private static final String WEB_PAGE = "iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0";
    private static final String CONTEXTS = Payloads.escaped(
            Payloads.contexts(Payloads.selfDescribing(WEB_PAGE, Map.of("id", "5cea9899-10df-4ccf-bf66-8c36f4a4bba2"))));
    private static final String PAGE_VIEW =
            "{\"e\":\"pv\",\"duid\":\"36746fd2-8441-4ea2-8ad0-237d6f4c77cf\",\"vid\":\"1\",\"co\":\""
                    + CONTEXTS
                    + "\",\"eid\":\"bee0a6d7-fc17-4392-b2bc-2208e8e944f3\",\"url\":\"http://localhost:8000/\","
                    + "\"refr\":\"http://localhost:8000/__/\",\"aid\":\"shop\",\"tna\":\"sp1\",\"cs\":\"UTF-8\",\"cd\":\"24\","
                    + "\"stm\":\"1630238465752\",\"tz\":\"Europe/London\",\"tv\":\"js-3.1.3\",\"vp\":\"1000x660\",\"ds\":\"988x670\","
                    + "\"res\":\"1920x1080\",\"cookie\":\"1\",\"p\":\"web\",\"dtm\":\"1630238465748\",\"uid\":\"tester\",\"lang\":\"en-US\","
                    + "\"sid\":\"6d15a4fb-9623-4ba1-b876-5240e72e6970\"}";

    @TempDir
    Path registry;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws Exception {
        SchemaFiles.write(
                registry,
                "com.myvendor/myschema/jsonschema/1-0-0",
                "{\"$schema\":\"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\","
                        + "\"self\":{\"vendor\":\"com.myvendor\",\"name\":\"myschema\",\"format\":\"jsonschema\","
                        + "\"version\":\"1-0-0\"},\"type\":\"object\",\"properties\":{\"myStringProperty\":{\"type\":\"string\"},"
                        + "\"myNumberProperty\":{\"type\":\"number\"}},\"required\":[\"myStringProperty\",\"myNumberProperty\"],"
                        + "\"additionalProperties\":false}");
        collector.start(CollectorSettings.micro().iglu(registry).compatMicro(true));
    }

    @Test
    void all_answers_a_summary_to_get_and_post() throws Exception {
        collector.track(PAGE_VIEW);
        collector.track("{\"e\":\"nonsense\"}");

        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":2,\"good\":1,\"bad\":1}");
        assertThat(collector.post("/micro/all", "").body()).isEqualTo("{\"total\":2,\"good\":1,\"bad\":1}");
    }

    @Test
    void good_answers_the_example_of_a_page_view() throws Exception {
        collector.track(PAGE_VIEW);

        JsonNode good = collector.json("/micro/good").path(0);
        assertThat(good.propertyNames()).containsExactly("rawEvent", "eventType", "schema", "contexts", "event");
        assertThat(good.at("/rawEvent/api").toString())
                .isEqualTo("{\"vendor\":\"com.snowplowanalytics.snowplow\",\"version\":\"tp2\"}");
        assertThat(good.at("/rawEvent/parameters/vp").asString()).isEqualTo("1000x660");
        assertThat(good.at("/rawEvent").propertyNames())
                .containsExactly("api", "parameters", "contentType", "source", "context");
        assertThat(good.at("/rawEvent/contentType").asString()).isEqualTo("application/json");
        assertThat(good.at("/rawEvent/source").propertyNames()).containsExactly("name", "encoding", "hostname");
        assertThat(good.at("/rawEvent/context").propertyNames())
                .containsExactly("timestamp", "ipAddress", "useragent", "refererUri", "headers", "userId");
        assertThat(good.path("eventType").asString()).isEqualTo("page_view");
        assertThat(good.path("schema").asString())
                .isEqualTo("iglu:com.snowplowanalytics.snowplow/page_view/jsonschema/1-0-0");
        assertThat(good.path("contexts").toString()).isEqualTo("[\"" + WEB_PAGE + "\"]");
        JsonNode event = good.path("event");
        assertThat(event.path("event_id").asString()).isEqualTo("bee0a6d7-fc17-4392-b2bc-2208e8e944f3");
        assertThat(event.path("dvce_created_tstamp").asString()).isEqualTo("2021-08-29T12:01:05.748Z");
        assertThat(event.path("dvce_sent_tstamp").asString()).isEqualTo("2021-08-29T12:01:05.752Z");
        assertThat(event.path("domain_sessionidx").asInt()).isEqualTo(1);
        assertThat(event.path("page_urlport").asInt()).isEqualTo(8000);
        assertThat(event.path("refr_urlpath").asString()).isEqualTo("/__/");
        assertThat(event.path("br_cookies").asBoolean()).isTrue();
        assertThat(event.path("br_colordepth").asString()).isEqualTo("24");
        assertThat(event.path("br_viewwidth").asInt()).isEqualTo(1000);
        assertThat(event.path("dvce_screenheight").asInt()).isEqualTo(1080);
        assertThat(event.path("doc_height").asInt()).isEqualTo(670);
        assertThat(event.path("os_timezone").asString()).isEqualTo("Europe/London");
        assertThat(event.path("user_id").asString()).isEqualTo("tester");
        assertThat(event.path("txn_id").isNull()).isTrue();
        assertThat(event.path("unstruct_event").isNull()).isTrue();
        assertThat(event.at("/contexts/data/0/schema").asString()).isEqualTo(WEB_PAGE);
        assertThat(event.at("/contexts/data/0/data/id").asString()).isEqualTo("5cea9899-10df-4ccf-bf66-8c36f4a4bba2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 2",
                "{\"limit\":10} | 2",
                "{\"limit\":1.0} | 1",
                "{\"limit\":0} | 0",
                "{\"limit\":-1} | 0",
                "{\"event_type\":\"page_view\"} | 1",
                "{\"event_type\":\"pv\"} | 1",
                "{\"event_type\":\"page_view\",\"foo\":\"x\"} | 1",
                "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/page_view/jsonschema/1-0-0\"} | 1",
                "{\"schema\":\"iglu:com.acme/example/jsonschema/1-0-0\",\"contexts\":[\"com.snowplowanalytics.mobile/application/jsonschema/1-0-0\",\"com.snowplowanalytics.mobile/screen/jsonschema/1-0-0\"],\"limit\":10} | 0",
                "{\"contexts\":[\"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0\"]} | 1",
                "{\"contexts\":[\"com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0\"]} | 1",
                "{\"contexts\":[]} | 2"
            })
    void good_takes_the_filters_of_the_page(String filter, int found) throws Exception {
        collector.track(PAGE_VIEW);
        collector.track("{\"e\":\"se\",\"se_ca\":\"a\",\"se_ac\":\"b\"}");

        HttpResponse<String> answer = collector.post(
                "/micro/good", filter.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(collector.json("/micro/good", filter)).hasSize(found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"vendor\":\"com.snowplowanalytics.snowplow\",\"version\":\"tp2\",\"limit\":10} | 1",
                "{\"vendor\":\"com.snowplowanalytics.snowplow\"} | 1",
                "{\"version\":\"tp1\"} | 0",
                "{\"limit\":-5} | 0",
                "{\"limit\":2.0,\"other\":true} | 1"
            })
    void bad_takes_the_filters_of_the_page(String filter, int found) throws Exception {
        collector.track("{\"e\":\"nonsense\"}");

        assertThat(collector.json("/micro/bad", filter)).hasSize(found);
    }

    @Test
    void bad_answers_the_whole_request_with_the_query_as_an_array() throws Exception {
        collector.track("{\"e\":\"nonsense\",\"eid\":\"36c39024-7b1b-4c2c-ae85-e95a8cb8340a\"}");
        JsonNode bad = collector.json("/micro/bad").path(0);
        assertThat(bad.propertyNames()).containsExactly("collectorPayload", "rawEvent", "errors");
        assertThat(bad.path("collectorPayload").propertyNames())
                .containsExactly("api", "querystring", "contentType", "body", "source", "context");
        assertThat(bad.at("/collectorPayload/querystring").toString()).isEqualTo("[]");
        assertThat(bad.at("/collectorPayload/body").asString()).contains("36c39024-7b1b-4c2c-ae85-e95a8cb8340a");
        assertThat(bad.at("/rawEvent/parameters/e").asString()).isEqualTo("nonsense");
        assertThat(bad.path("errors").isArray()).isTrue();

        collector.get("/i?e=xx&p=web&page=a%20b&flag");
        assertThat(collector
                        .json("/micro/bad")
                        .at("/0/collectorPayload/querystring")
                        .toString())
                .isEqualTo("[\"e=xx\",\"p=web\",\"page=a b\",\"flag\"]");
    }

    @Test
    void reset_answers_the_empty_summary_to_get_and_post() throws Exception {
        collector.track(PAGE_VIEW);
        assertThat(collector.get("/micro/reset").body()).isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
        collector.track(PAGE_VIEW);
        assertThat(collector.post("/micro/reset", "").body()).isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
    }

    @Test
    void iglu_answers_a_schema_or_where_it_was_looked_for() throws Exception {
        assertThat(collector
                        .json("/micro/iglu/com.myvendor/myschema/jsonschema/1-0-0")
                        .at("/properties/myNumberProperty/type")
                        .asString())
                .isEqualTo("number");
        HttpResponse<String> missing = collector.get("/micro/iglu/com.myvendor/other/jsonschema/1-0-0");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains(registry.toString());
    }

    @Test
    void events_answers_every_event_as_flat_json() throws Exception {
        collector.track(PAGE_VIEW);
        collector.track("{\"e\":\"nonsense\"}");

        JsonNode events = collector.json("/micro/events");
        assertThat(events).hasSize(2);
        assertThat(events.at("/1/page_url").asString()).isEqualTo("http://localhost:8000/");
        assertThat(events.at("/1/contexts_com_snowplowanalytics_snowplow_web_page_1/0/id")
                        .asString())
                .isEqualTo("5cea9899-10df-4ccf-bf66-8c36f4a4bba2");
    }

    @Test
    void await_waits_for_a_schema_and_knows_its_keys() throws Exception {
        collector.track(PAGE_VIEW);
        for (String schema : List.of(
                "iglu:com.snowplowanalytics.snowplow/page_view/jsonschema/1-0-0",
                "com.snowplowanalytics.snowplow/page_view/jsonschema/1-0-0")) {
            assertThat(collector
                            .post("/micro/await", "{\"where\":{\"schema\":\"" + schema + "\",\"app_id\":\"shop\"}}")
                            .body())
                    .contains("\"found\":1");
        }
        assertThat(collector
                        .post("/micro/await", "{\"where\":{\"schema\":\"iglu:a/b/jsonschema/1-0-0\"},\"timeoutMs\":1}")
                        .statusCode())
                .isEqualTo(408);
        assertThat(collector.post("/micro/await", "{\"bogus\":1}").body()).contains("\\\"bogus\\\" is not a key");
        assertThat(collector.post("/micro/good", "{\"limit\":1.5}").body())
                .contains("must be a whole number")
                .doesNotContain("9223372036854775808");
    }

    @Test
    void a_failed_self_describing_event_is_found_by_its_name() throws Exception {
        collector.track(Payloads.selfDescribingEvent(Payloads.LINK_CLICK, Map.of()));
        collector.track("{\"e\":\"ue\",\"ue_pr\":\"no\"}");

        JsonNode named =
                collector.json("/micro/events", "{\"filters\":[{\"column\":\"title\",\"values\":[\"link_click\"]}]}");
        assertThat(named.path("totalItems").asInt()).as(named.toString()).isEqualTo(1);
        assertThat(named.at("/events/0/valid").asBoolean()).isFalse();
        assertThat(named.at("/events/0/event_name").asString()).isEqualTo("link_click");
        JsonNode unnamed =
                collector.json("/micro/events", "{\"filters\":[{\"column\":\"title\",\"values\":[\"(e=ue)\"]}]}");
        assertThat(unnamed.path("totalItems").asInt()).as(unnamed.toString()).isEqualTo(1);
    }

    @Test
    void events_passes_over_keys_that_it_does_not_know() throws Exception {
        collector.track(PAGE_VIEW);

        JsonNode page = collector.json(
                "/micro/events",
                "{\"filters\":[{\"column\":\"event_name\",\"values\":[\"page_view\"],\"kind\":\"or\"}],\"page\":1.0,"
                        + "\"pageSize\":50,\"sorting\":{\"column\":\"collector_tstamp\",\"desc\":true,\"nulls\":1},\"more\":[]}");
        assertThat(page.path("totalItems").asInt()).as(page.toString()).isEqualTo(1);
        assertThat(collector
                        .json("/micro/events", "{\"filters\":[{\"column\":\"event_name\"}]}")
                        .path("totalItems")
                        .asInt())
                .isZero();
        assertThat(collector.post("/micro/await", "{\"wehre\":{}}").statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/micro/all/",
                "/micro/good/",
                "/micro/bad/",
                "/micro/events/",
                "/micro/columns/",
                "/micro/reset/",
                "/micro/iglu/com.myvendor/myschema/jsonschema/1-0-0/"
            })
    void a_slash_at_the_end_changes_nothing(String path) throws Exception {
        assertThat(collector.get(path).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3000",
                "http://localhost",
                "http://localhost:9090",
                "https://localhost:3000",
                "http://127.0.0.1:3000",
                "https://127.0.0.1",
                "http://[::1]:3000",
                "http://shop.localhost:3000"
            })
    void pages_of_this_machine_read_events_and_change_nothing(String origin) throws Exception {
        for (String path : List.of("/micro/all", "/micro/good", "/micro/bad", "/micro/events")) {
            HttpResponse<String> answer =
                    collector.send(collector.to(path).header("Origin", origin).GET());
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue(origin);
        }
        HttpResponse<String> preflight = collector.send(collector
                .to("/micro/good")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(preflight.statusCode()).isEqualTo(204);
        for (String path : List.of("/micro/export", "/micro/columns", "/micro/definitions")) {
            assertThat(collector
                            .send(collector.to(path).header("Origin", origin).GET())
                            .statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
        for (String path : List.of("/micro/reset", "/micro/sql", "/micro/failed/retry", "/micro/forget")) {
            HttpResponse<String> answer = collector.send(
                    collector.to(path).header("Origin", origin).POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        assertThat(collector
                        .send(collector
                                .to("/micro/reset")
                                .header("Origin", origin)
                                .GET())
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost.evil.test",
                "http://127.0.0.1.evil.test",
                "http://notlocalhost",
                "http://.localhost",
                "http://0.0.0.0:3000",
                "http://10.0.0.1",
                "http://evil.test",
                "ftp://localhost",
                "null"
            })
    void pages_of_others_read_nothing(String origin) throws Exception {
        HttpResponse<String> answer = collector.send(
                collector.to("/micro/good").header("Origin", origin).GET());
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }
}
