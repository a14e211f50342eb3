package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The characters of a request's line and headers, in any encoding. */
class RequestTextTest {

    @RegisterExtension
    private static final TestCollector collector = new TestCollector();

    /** Returns the text's UTF-8 bytes as characters, one per byte. */
    private static String latin1(String utf8) {
        return new String(utf8.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static void send(String line, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        assertThat(collector.raw(request + "\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({"caf%E9,caf\ufffd", "caf%C3%A9,café", "%F0%9F%98%80,😀", "a%ffb,a\ufffdb", "caf%E9%C3%A9,caf\ufffdé"})
    void an_escape_that_is_not_utf_8_is_an_event_with_a_replacement_character(String title, String expected)
            throws Exception {
        for (String path : new String[] {"/i", "/ice.png", TestCollector.TP2, "/com.acme/v1"}) {
            send("GET " + path + "?e=pv&p=web&page=" + title);
        }

        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).isEqualTo(4);
        good.forEach(
                event -> assertThat(event.at("/event/page_title").asString()).isEqualTo(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"page=100%", "page=%ZZ", "%=1", "page=%C3%A", "nuid=%&page=x", "page=%u0041"})
    void an_escape_that_is_none_is_a_failed_event_that_keeps_the_query(String query) throws Exception {
        for (String path : new String[] {"/i", TestCollector.TP2, "/com.snowplowanalytics.iglu/v1"}) {
            send("GET " + path + "?e=pv&p=web&" + query);
        }

        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.size()).isEqualTo(3);
        assertThat(bad.get(0).at("/errors/0").asString())
                .contains("the query string")
                .contains("% that is not followed by two hexadecimal digits");
        assertThat(bad.get(0).at("/collectorPayload/querystring").toString())
                .contains(query.substring(query.length() - 3));
        assertThat(collector.json("/micro/good").size()).isZero();
    }

    @Test
    void raw_utf_8_in_a_query_is_utf_8_and_other_bytes_are_latin_1() throws Exception {
        send("GET /i?e=pv&p=web&page=" + latin1("café ☃".replace(" ", "+")));
        send("GET /i?e=pv&p=web&page=caf\u00e9");
        send("GET /i?e=pv&p=web&page=" + latin1("é") + "%C3%A9");

        JsonNode good = collector.json("/micro/good");
        assertThat(good.get(2).at("/event/page_title").asString()).isEqualTo("café ☃");
        assertThat(good.get(1).at("/event/page_title").asString()).isEqualTo("café");
        assertThat(good.get(0).at("/event/page_title").asString()).isEqualTo("éé");
    }

    @Test
    void raw_utf_8_in_headers_is_utf_8_and_other_bytes_are_latin_1() throws Exception {
        send(
                "GET /i?e=pv&p=web",
                "User-Agent: " + latin1("Ünï☃"),
                "Referer: " + latin1("https://page.test/ü"),
                "X-Custom: " + latin1("日本"),
                "X-Micro-Session: " + latin1("séance"));
        send(
                "GET /i?e=pv&p=web",
                "User-Agent: \u00dcn\u00ef",
                "X-Forwarded-For: " + latin1("ü"),
                "Cookie: sp=" + latin1("ü"));

        JsonNode good = collector.json("/micro/good");
        JsonNode utf8 = good.get(1);
        assertThat(utf8.at("/event/useragent").asString()).isEqualTo("Ünï☃");
        assertThat(utf8.at("/rawEvent/context/useragent").asString()).isEqualTo("Ünï☃");
        assertThat(utf8.at("/rawEvent/context/refererUri").asString()).isEqualTo("https://page.test/ü");
        assertThat(utf8.at("/rawEvent/context/headers").toString()).contains("X-Custom: 日本");
        assertThat(good.get(0).at("/event/useragent").asString()).isEqualTo("Ünï");
        assertThat(collector
                        .json("/micro/all?session=s%C3%A9ance")
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(collector.raw("GET /micro/all HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Micro-Session: "
                        + latin1("séance") + "\r\n\r\n"))
                .contains("\"total\":1");
    }

    @Test
    void a_path_in_utf_8_names_its_api() throws Exception {
        send("GET /" + latin1("fürma") + "/v1?e=pv&p=web");

        assertThat(collector
                        .json("/micro/good")
                        .get(0)
                        .at("/rawEvent/api/vendor")
                        .asString())
                .isEqualTo("fürma");
    }

    @Test
    void the_network_user_of_a_query_is_found_however_it_is_escaped() throws Exception {
        String answer = collector.raw("GET /i?e=pv&nuid=one&page=caf%E9&nuid=tw%6F HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Connection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 ").containsIgnoringCase("set-cookie: sp=two;");
    }
}
