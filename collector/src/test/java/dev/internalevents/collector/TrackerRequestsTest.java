package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TrackerRequestsTest {

    private static final String EVENT =
            "{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"a\",\"p\":\"srv\",\"tv\":\"t\",\"aid\":\"app\"}";

    @RegisterExtension
    private static final TestCollector collector = new TestCollector();

    /** Whatever a test sent, the server must still answer. */
    @AfterEach
    void it_is_up() throws Exception {
        assertThat(collector.get("/health").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {TestCollector.TP2, "/com.acme/v1", "/micro2/x", "/i/x"})
    void post_on_two_segments_is_a_trackers(String path) throws Exception {
        HttpResponse<String> answer = collector.post(path, TestCollector.payload(EVENT));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
        JsonNode event = collector.json("/micro/good").get(0);
        String[] segments = path.substring(1).split("/");
        assertThat(event.at("/rawEvent/api/vendor").asString()).isEqualTo(segments[0]);
        assertThat(event.at("/rawEvent/api/version").asString()).isEqualTo(segments[1]);
    }

    @Test
    void get_is_answered_with_a_pixel_and_a_long_query_is_normal() throws Exception {
        String query = "?e=pv&p=web&tv=js&page=" + "x".repeat(1_000) + "&url=http%3A%2F%2Fx.test%2F%3Fa%3D%C3%BC&junk="
                + "y".repeat(32_000);
        for (String path : new String[] {"/i", "/ice.png", TestCollector.TP2}) {
            HttpResponse<byte[]> answer = java.net.http.HttpClient.newHttpClient()
                    .send(collector.to(path + query).build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/gif");
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache, no-store, must-revalidate");
            assertThat(answer.body()).hasSize(43).startsWith('G', 'I', 'F', '8', '9', 'a');
        }

        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).isEqualTo(3);
        assertThat(good.get(0).at("/event/page_url").asString()).isEqualTo("http://x.test/?a=ü");
        assertThat(good.get(0).at("/event/page_urlhost").asString()).isEqualTo("x.test");
        assertThat(good.get(0).at("/event/page_urlport").asInt()).isEqualTo(80);
        assertThat(good.get(2).at("/rawEvent/api/version").asString()).isEqualTo("tp1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/|302",
                "GET|/one|404",
                "GET|/a/b/c|404",
                "GET|/com.acme/v1/|404",
                "POST|/one|404",
                "POST|/i|405",
                "PUT|/com.acme/v1|405",
                "DELETE|/com.acme/v1|405",
                "HEAD|/i|200",
                "GET|/health|200",
                "GET|/sink-health|200",
                "GET|/robots.txt|200",
                "GET|/r/tp2?u=https%3A%2F%2Fx.test%2F|404",
                "POST|/r/tp2|404",
                "GET|/micro/nope|404",
                "POST|/micro/tp2|404",
                "DELETE|/micro/all|405"
            })
    void every_path_has_its_answer(String method, String path, int status) throws Exception {
        String answer =
                collector.raw(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }

    @Test
    void a_request_without_host_is_refused() throws Exception {
        assertThat(collector.raw("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not json|not JSON",
                "''|empty",
                "[]|not an object",
                "{\"schema\":\"iglu:com.acme/other/jsonschema/1-0-0\",\"data\":[]}|the body's schema is",
                "\"\\ud800\"|not an object"
            })
    void what_is_no_payload_is_answered_200_and_kept_whole(String body, String reason) throws Exception {
        assertThat(collector.post(TestCollector.TP2, body).statusCode()).isEqualTo(200);

        JsonNode bad = collector.json("/micro/bad").get(0);
        assertThat(bad.at("/collectorPayload/body").asString()).isEqualTo(body);
        assertThat(bad.path("rawEvent").isNull()).isTrue();
        assertThat(bad.at("/errors/0").asString()).contains(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"se_ac\":\"a\",\"p\":\"srv\",\"tv\":\"t\"}|parameter e (event): it is missing",
                "{\"e\":\"xx\",\"p\":\"srv\",\"tv\":\"t\"}|\"xx\" is not one of se, ue, pv",
                "{\"e\":\"se\",\"se_va\":\"abc\"}|\"abc\" is not a decimal number",
                "{\"e\":\"se\",\"eid\":\"1\"}|\"1\" is not a UUID",
                "{\"e\":\"se\",\"dtm\":\"yesterday\"}|milliseconds since 1970",
                "{\"e\":\"se\",\"cx\":\"!!!\"}|cx: after base64 decoding: not JSON: the text is empty",
                "{\"e\":\"se\",\"co\":\"{\"}|co: not JSON",
                "{\"e\":\"ue\"}|e=ue needs ue_px",
                "{\"e\":\"se\",\"co\":\"{\\\"\\\\udfff\\\":1}\"}|co: not",
                "{\"e\":1}|/data/0/e is not a string but a number"
            })
    void an_event_with_something_wrong_fails_with_the_reason(String event, String reason) throws Exception {
        assertThat(collector
                        .post(TestCollector.TP2, TestCollector.payload(event))
                        .statusCode())
                .isEqualTo(200);

        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.size()).isEqualTo(1);
        assertThat(bad.get(0).at("/errors/0").asString()).contains(reason);
        assertThat(bad.get(0).at("/collectorPayload/body").asString()).isEqualTo(TestCollector.payload(event));
        assertThat(collector.json("/micro/good").size()).isZero();
    }

    @Test
    void schemas_are_checked_and_unknown_ones_named() throws Exception {
        String contexts = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-0-4\",\"data\":{\"project_id\":\"seven\"}},"
                + "{\"schema\":\"iglu:com.acme/nope/jsonschema/1-0-0\",\"data\":{}}]}";
        String encoded = Base64.getEncoder().encodeToString(contexts.getBytes(StandardCharsets.UTF_8));
        collector.post(TestCollector.TP2, TestCollector.payload("{\"e\":\"se\",\"cx\":\"" + encoded + "\"}"));

        assertThat(collector.json("/micro/bad").get(0).path("errors").toString())
                .contains("the required field \\\"environment\\\" is missing")
                .contains("at /project_id: is of type string, expected integer or null")
                .contains("iglu:com.acme/nope/jsonschema/1-0-0")
                .contains("the schema is not known");
    }

    @Test
    void one_bad_event_of_a_batch_leaves_the_others_good() throws Exception {
        collector.post(TestCollector.TP2, TestCollector.payload(EVENT + ",{\"e\":7}," + EVENT));

        assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":3,\"good\":2,\"bad\":1}");
    }

    @Test
    void half_a_surrogate_pair_in_one_event_is_replaced_and_spoils_no_other() throws Exception {
        collector.post(
                TestCollector.TP2, TestCollector.payload(EVENT + ",{\"e\":\"se\",\"se_la\":\"x\\ud83d\"}," + EVENT));

        assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":3,\"good\":3,\"bad\":0}");
        assertThat(collector.json("/micro/good").get(1).at("/event/se_label").asString())
                .isEqualTo("x\ufffd");
    }

    @Test
    void nested_arrays_and_bytes_that_are_no_text_are_kept() throws Exception {
        assertThat(collector
                        .post(TestCollector.TP2, "[".repeat(1_000) + "]".repeat(1_000))
                        .statusCode())
                .isEqualTo(200);
        byte[] bytes = {(byte) 0xff, 0, 1, (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        assertThat(collector.post(TestCollector.TP2, bytes).statusCode()).isEqualTo(200);

        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.get(0).at("/errors/0").asString()).contains("not UTF-8");
        assertThat(Base64.getDecoder()
                        .decode(bad.get(0).at("/collectorPayload/bodyBase64").asString()))
                .isEqualTo(bytes);
        assertThat(bad.get(1).at("/errors/0").asString()).contains("but an array");
    }

    @Test
    void compressed_bodies_are_read_and_bombs_are_not() throws Exception {
        byte[] bomb = compressed(DeflaterOutputStream::new, new byte[50_000_000]);
        assertThat(collector
                        .post(
                                TestCollector.TP2,
                                compressed(
                                        GZIPOutputStream::new,
                                        TestCollector.payload(EVENT).getBytes(StandardCharsets.UTF_8)),
                                "Content-Encoding",
                                "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(collector
                        .post(TestCollector.TP2, bomb, "Content-Encoding", "deflate")
                        .statusCode())
                .isEqualTo(200);
        assertThat(collector
                        .post(TestCollector.TP2, new byte[] {1, 2, 3}, "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(200);

        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(1);
        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.get(0).at("/errors/0").asString()).contains("cannot be decoded as gzip");
        assertThat(bad.get(1).at("/errors/0").asString()).contains("larger than 8000000 bytes");
        assertThat(Base64.getDecoder()
                        .decode(bad.get(1).at("/collectorPayload/bodyBase64").asString()))
                .isEqualTo(bomb);
    }

    @Test
    void limits_are_answered_by_their_own_status() throws Exception {
        assertThat(collector.raw(
                        "POST " + TestCollector.TP2 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        String chunk = "100000\r\n" + "x".repeat(0x100000) + "\r\n";
        assertThat(collector.raw("POST " + TestCollector.TP2
                        + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(10)))
                .startsWith("HTTP/1.1 413 ");
        assertThat(collector.raw("GET /health HTTP/1.1\r\nHost: x\r\nX-Big: " + "h".repeat(65_536)
                        + "\r\nConnection: close\r\n\r\n"))
                .contains(" 431 ");
        assertThat(collector.raw("GET /i?e=pv&junk=" + "q".repeat(300_000)
                        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .contains(" 414 ");
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }

    @Test
    void continues_a_sender_that_asks_first() throws Exception {
        String body = TestCollector.payload(EVENT);
        assertThat(collector.raw("POST " + TestCollector.TP2
                        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nConnection: close\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body))
                .startsWith("HTTP/1.1 100 Continue")
                .contains("HTTP/1.1 200 OK");
    }

    @Test
    void browsers_may_send_from_every_origin() throws Exception {
        HttpResponse<String> preflight = collector.send(collector
                .to(TestCollector.TP2)
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://shop.test"));
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("https://shop.test");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("true");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
                .hasValue("Content-Type, SP-Anonymous");
        assertThat(preflight.headers().firstValue("Access-Control-Max-Age")).hasValue("3600");

        HttpResponse<String> post = collector.post(TestCollector.TP2, TestCollector.payload(EVENT));
        assertThat(post.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(post.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
    }

    @Test
    void a_cookie_keeps_the_network_user_unless_the_sender_is_anonymous() throws Exception {
        HttpResponse<String> first = collector.post(TestCollector.TP2, TestCollector.payload(EVENT));
        String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .matches("sp=[0-9a-f-]{36}; .*")
                .contains("Path=/", "Secure", "HttpOnly", "SameSite=None", "Expires=");
        String id = cookie.substring(3, 39);

        byte[] body = TestCollector.payload(EVENT).getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> second = collector.post(
                TestCollector.TP2,
                body,
                "Cookie",
                "sp=" + id,
                "User-Agent",
                "ua",
                "Referer",
                "http://r.test/p",
                "Authorization",
                "Bearer secret");
        assertThat(second.headers().firstValue("Set-Cookie").orElseThrow()).startsWith("sp=" + id + ";");
        HttpResponse<String> anonymous =
                collector.post(TestCollector.TP2, body, "Cookie", "sp=" + id, "SP-Anonymous", "*");
        assertThat(anonymous.headers().firstValue("Set-Cookie"))
                .hasValue(
                        "sp=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure; HttpOnly; SameSite=None");

        JsonNode good = collector.json("/micro/good");
        assertThat(good.get(0).at("/event/network_userid").asString())
                .isEqualTo("00000000-0000-0000-0000-000000000000");
        assertThat(good.get(0).at("/event/user_ipaddress").isNull()).isTrue();
        assertThat(good.get(1).at("/event/network_userid").asString()).isEqualTo(id);
        assertThat(good.get(1).at("/event/user_ipaddress").asString()).isEqualTo("127.0.0.1");
        assertThat(good.get(1).at("/event/useragent").asString()).isEqualTo("ua");
        // A browser sends the page's own URL there, so it is not a referrer.
        assertThat(good.get(1).at("/rawEvent/context/refererUri").asString()).isEqualTo("http://r.test/p");
        assertThat(good.get(1).at("/event/page_url").asString()).isEqualTo("http://r.test/p");
        assertThat(good.get(1).at("/event/page_urlhost").asString()).isEqualTo("r.test");
        assertThat(good.get(1).at("/event/page_referrer").isNull()).isTrue();
        assertThat(good.get(1).at("/event/refr_urlhost").isNull()).isTrue();
        assertThat(good.toString()).doesNotContain("Bearer secret").doesNotContain("Cookie: ");
        collector.post(TestCollector.TP2 + "?nuid=chosen", TestCollector.payload(EVENT));
        assertThat(collector
                        .json("/micro/good")
                        .get(0)
                        .at("/event/network_userid")
                        .asString())
                .isEqualTo("chosen");
        HttpResponse<String> stranger = collector.post(
                TestCollector.TP2, TestCollector.payload(EVENT).getBytes(StandardCharsets.UTF_8), "SP-Anonymous", "*");
        assertThat(stranger.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nuid", "tnuid"})
    void an_anonymous_sender_has_no_network_user_of_its_own(String parameter) throws Exception {
        String event = "{\"e\":\"pv\",\"p\":\"web\",\"" + parameter + "\":\"visitor\"}";
        collector.post(
                TestCollector.TP2, TestCollector.payload(event).getBytes(StandardCharsets.UTF_8), "SP-Anonymous", "*");
        collector.send(collector.to("/i?e=pv&p=web&" + parameter + "=visitor").header("SP-Anonymous", "*"));

        JsonNode good = collector.json("/micro/good");
        assertThat(good).hasSize(2);
        good.forEach(one -> assertThat(one.at("/event/network_userid").asString())
                .isEqualTo("00000000-0000-0000-0000-000000000000"));
        assertThat(good.toString()).doesNotContain("visitor");
    }

    private interface StreamFactory {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] compressed(StreamFactory factory, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = factory.over(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
