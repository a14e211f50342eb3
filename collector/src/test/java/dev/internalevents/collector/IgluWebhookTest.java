package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class IgluWebhookTest {

    private static final String PATH = "/com.snowplowanalytics.iglu/v1";
    private static final String CLICK = "iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1";
    private static final String SCHEMA =
            "schema=iglu%3Acom.snowplowanalytics.snowplow%2Flink_click%2Fjsonschema%2F1-0-1";
    private static final String DATA = "{\"targetUrl\":\"https://x.test/\",\"elementId\":\"a\"}";
    private static final String EVENT = "{\"schema\":\"" + CLICK + "\",\"data\":" + DATA + "}";
    private static final String FORM = "application/x-www-form-urlencoded";

    @RegisterExtension
    private static final TestCollector collector = new TestCollector();

    private static void post(String query, String body, String... headers) throws Exception {
        HttpResponse<String> answer = collector.post(PATH + query, body.getBytes(StandardCharsets.UTF_8), headers);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
    }

    private static JsonNode good(int count) throws Exception {
        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).as(collector.get("/micro/bad").body()).isEqualTo(count);
        assertThat(collector.json("/micro/bad").size()).isZero();
        return good;
    }

    private static String failure() throws Exception {
        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.size()).isEqualTo(1);
        assertThat(collector.json("/micro/good").size()).isZero();
        assertThat(bad.get(0).at("/collectorPayload/api/vendor").asString()).isEqualTo("com.snowplowanalytics.iglu");
        return bad.get(0).at("/errors/0").asString();
    }

    private static void assertClick(JsonNode event) {
        assertThat(event.path("schema").asString()).isEqualTo(CLICK);
        assertThat(event.path("eventType").asString()).isEqualTo("unstruct");
        assertThat(event.at("/event/event_name").asString()).isEqualTo("link_click");
        assertThat(event.at("/event/platform").asString()).isEqualTo("srv");
        assertThat(event.at("/event/v_tracker").asString()).isEqualTo("com.snowplowanalytics.iglu-v1");
        assertThat(event.at("/event/unstruct_event/data/data").toString()).isEqualTo(DATA);
        assertThat(event.at("/rawEvent/api/vendor").asString()).isEqualTo("com.snowplowanalytics.iglu");
        assertThat(event.at("/rawEvent/api/version").asString()).isEqualTo("v1");
    }

    @Test
    void a_get_is_an_event_of_its_schema_with_its_other_parameters_as_data() throws Exception {
        HttpResponse<String> answer = collector.get(
                PATH + "?" + SCHEMA + "&targetUrl=https%3A%2F%2Fx.test%2F&elementId=a&aid=shop&cv=2&p=web&nuid="
                        + "6de9024e-17b9-4026-bd4d-efec50ae84cb");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/gif");

        JsonNode event = good(1).get(0);
        assertThat(event.at("/event/unstruct_event/data/data").toString()).isEqualTo(DATA);
        assertThat(event.at("/event/app_id").asString()).isEqualTo("shop");
        assertThat(event.at("/event/platform").asString()).isEqualTo("web");
        assertThat(event.at("/event/network_userid").asString()).isEqualTo("6de9024e-17b9-4026-bd4d-efec50ae84cb");
    }

    @Test
    void a_get_without_tracker_parameters_is_of_the_platform_srv() throws Exception {
        collector.get(PATH + "?" + SCHEMA + "&targetUrl=https%3A%2F%2Fx.test%2F&elementId=a");

        assertClick(good(1).get(0));
    }

    @Test
    void a_post_of_a_self_describing_json_is_an_event() throws Exception {
        post("", EVENT);
        assertClick(good(1).get(0));
    }

    @Test
    void what_a_service_adds_beside_schema_and_data_is_left_out() throws Exception {
        post("", EVENT.replace("\"data\":", "\"id\":7,\"data\":"));
        assertClick(good(1).get(0));
    }

    @Test
    void a_post_takes_tracker_parameters_from_its_query() throws Exception {
        String id = "6de9024e-17b9-4026-bd4d-efec50ae84cb";
        post("?aid=shop&p=mob&eid=" + id + "&ttm=1600000000000&url=https%3A%2F%2Fpage.test%2F&uid=nobody", EVENT);

        JsonNode event = good(1).get(0).path("event");
        assertThat(event.path("app_id").asString()).isEqualTo("shop");
        assertThat(event.path("platform").asString()).isEqualTo("mob");
        assertThat(event.path("event_id").asString()).isEqualTo(id);
        assertThat(event.path("true_tstamp").asString()).startsWith("2020-09-13T12:26:40");
        assertThat(event.path("page_urlhost").asString()).isEqualTo("page.test");
        assertThat(event.path("user_id").isNull()).isTrue();
    }

    @Test
    void a_post_of_an_array_is_as_many_events_and_one_that_is_wrong_spoils_no_other() throws Exception {
        post("", "[" + EVENT + "," + EVENT + "]");
        good(2).forEach(IgluWebhookTest::assertClick);
        collector.post("/micro/reset", "");

        post("?aid=shop", "[" + EVENT + ",7,{\"data\":{}},{\"schema\":\"iglu:x\",\"data\":1}," + EVENT + "]");
        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).isEqualTo(2);
        good.forEach(event -> assertThat(event.at("/event/app_id").asString()).isEqualTo("shop"));
        assertThat(collector.get("/micro/bad").body())
                .contains("the event at /1 is not an object")
                .contains("the event at /2 has no \\\"schema\\\"")
                .contains("the event at /3");
    }

    static Stream<String> elementsThatCannotBeReadAlone() {
        return Stream.of(
                "{\"schema\":\"" + CLICK + "\",\"data\":\"\\ud83d\"}",
                "[".repeat(210) + "]".repeat(210),
                "1".repeat(401),
                "1e99999999999",
                "{\"a\":[1,{\"b\":\"]},[\"}],\"c\":-1e99999999999}");
    }

    @ParameterizedTest
    @MethodSource("elementsThatCannotBeReadAlone")
    void an_element_that_cannot_be_read_fails_alone(String element) throws Exception {
        for (String query : List.of("", "?" + SCHEMA)) {
            String right = query.isEmpty() ? EVENT : DATA;
            post(query, "\n[" + right + " ,\t" + element + "\n, " + right + "," + element + "]");
            assertThat(collector.json("/micro/good")).hasSize(2);
            assertThat(collector.json("/micro/bad")).hasSize(2);
            assertThat(collector.get("/micro/bad").body()).contains("the event at /1: ", "the event at /3: ");
            collector.post("/micro/reset", "");
        }
    }

    @Test
    void an_array_that_is_not_json_is_one_failed_event() throws Exception {
        post("", "[" + EVENT + "," + "1".repeat(401) + "] x");
        failure();
    }

    @Test
    void an_empty_object_is_the_data_of_the_schema_in_its_query() throws Exception {
        post("?schema=iglu:com.snowplowanalytics.snowplow/page_ping/jsonschema/1-0-0", "{}");
        assertThat(failure()).doesNotContain("an object with members");
    }

    @Test
    void a_post_of_any_json_is_the_data_of_the_schema_in_its_query() throws Exception {
        post("?" + SCHEMA, DATA);
        post("?" + SCHEMA, "[" + DATA + "," + DATA + "]", "Content-Type", "application/json; charset=UTF-8");

        good(3).forEach(IgluWebhookTest::assertClick);
    }

    @Test
    void a_form_is_the_data_of_the_schema_in_its_query() throws Exception {
        post("?" + SCHEMA, "targetUrl=https%3A%2F%2Fx.test%2F&elementId=a", "Content-Type", FORM);
        assertClick(good(1).get(0));
    }

    @Test
    void a_parameter_without_a_value_is_null() throws Exception {
        collector.get(PATH + "?" + SCHEMA + "&targetUrl=https%3A%2F%2Fx.test%2F&elementId=");

        assertThat(collector.get("/micro/bad").body()).contains("/elementId").contains("null");
    }

    @Test
    void data_that_does_not_follow_its_schema_fails() throws Exception {
        post("", EVENT.replace("targetUrl", "target"));
        assertThat(failure()).contains("the required field \"targetUrl\" is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "||application/json|the body: it is empty",
                "?aid=shop||application/json|the body: it is empty",
                "|[]|application/json|the body: it is an empty array",
                "|{}|application/json|the body: it is not an object with members",
                "|7|application/json|the body: it is not an object with members",
                "|nope|application/json|the body: not JSON",
                "|{\"schema\":\"iglu:a/b/jsonschema/1-0-0\"}|application/json|the body has no \"data\"",
                "|{\"schema\":\"a\",\"data\":1}|application/json|is not an Iglu schema URI",
                "|a=b|application/x-www-form-urlencoded|the query string: it has no schema, which a form needs",
                "?schema=x|{\"a\":1}|application/json|the query string: schema: \"x\" is not an Iglu schema URI",
                "?schema=iglu:a/b/jsonschema/1-0-0|a=%ZZ|application/x-www-form-urlencoded|hexadecimal",
                "|{\"a\":1}|text/plain|the content type: it is \"text/plain\"; expected application/json",
                "|a=b|application/x-www-form-urlencoded; charset=utf-8|the content type"
            })
    void a_request_that_cannot_be_read_is_one_failed_event(String query, String body, String type, String reason)
            throws Exception {
        post(query == null ? "" : query, body == null ? "" : body, "Content-Type", type);

        assertThat(failure()).contains(reason);
    }

    @Test
    void a_get_without_a_schema_and_a_post_without_a_content_type_fail() throws Exception {
        assertThat(collector.get(PATH + "?name=a").statusCode()).isEqualTo(200);
        assertThat(failure()).contains("the query string: it has no schema; expected for example schema=iglu:");
        collector.post("/micro/reset", "");

        assertThat(collector
                        .send(collector.to(PATH).POST(HttpRequest.BodyPublishers.ofString(EVENT)))
                        .statusCode())
                .isEqualTo(200);
        assertThat(failure()).contains("the content type: it is missing");
    }

    @Test
    void as_many_events_as_trackers_may_send_are_taken_and_more_are_413() throws Exception {
        String small = "{\"schema\":\"" + CLICK + "\",\"data\":{\"targetUrl\":\"https://x.test/\"}}";
        post("", "[" + small + ("," + small).repeat(9_999) + "]");
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(10_000);

        HttpResponse<String> answer = collector.post(PATH, "[" + small + ("," + small).repeat(10_000) + "]");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(collector.json("/micro/all").path("total").asInt()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "{}"})
    void small_elements_beyond_the_limit_are_one_failed_event(String element) throws Exception {
        post("", "[" + element + ("," + element).repeat(10_000) + "]");
        assertThat(failure()).contains("more than 10000 events");
    }

    @Test
    void an_object_of_many_members_is_one_event() throws Exception {
        StringBuilder members = new StringBuilder("{\"targetUrl\":\"https://x.test/\"");
        for (int i = 0; i < 20_000; i++) {
            members.append(",\"field").append(i).append("\":").append(i);
        }
        post("?" + SCHEMA, members.append('}').toString());

        assertThat(collector.json("/micro/all").path("total").asInt()).isEqualTo(1);
    }

    @Test
    void json_that_is_nested_too_deep_fails() throws Exception {
        String deep = "{\"schema\":\"" + CLICK + "\",\"data\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";
        post("", deep);
        assertThat(failure()).contains("the body").contains("nest");
    }

    @Test
    void another_version_of_the_path_is_a_trackers() throws Exception {
        assertThat(collector.post("/com.snowplowanalytics.iglu/v2", EVENT).statusCode())
                .isEqualTo(200);
        assertThat(failure()).contains("the body's schema is " + CLICK);
    }
}
