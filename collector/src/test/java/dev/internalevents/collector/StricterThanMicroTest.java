package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries rejected by default that Micro accepts, and queries accepted in any case. */
class StricterThanMicroTest {

    @RegisterExtension
    private static final TestCollector collector = new TestCollector();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/micro/good | {\"event_type\":\"page_view\",\"foo\":\"x\"} | foo",
                "/micro/good | {\"limit\":-1} | limit",
                "/micro/good | {\"limit\":1.5} | limit",
                "/micro/bad | {\"vendors\":\"x\"} | vendors",
                "/micro/events | {\"filters\":[{\"column\":\"event_name\",\"value\":\"page_view\"}]} | value",
                "/micro/events | {\"filters\":[{\"column\":\"event_name\"}]} | values",
                "/micro/events | {\"filters\":[{\"column\":\"event_name\",\"values\":null}]} | values",
                "/micro/events | {\"timeRange\":{\"from\":1}} | from",
                "/micro/events | {\"sorting\":{\"column\":\"event_name\",\"descending\":true}} | descending",
                "/micro/timeline | {\"buckets\":[{\"start\":1,\"end\":2,\"step\":1}]} | step"
            })
    void a_key_that_is_wrong_is_named(String path, String question, String key) throws Exception {
        HttpResponse<String> answer = collector.post(path, question);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\\\"" + key + "\\\"");
    }

    @Test
    void floats_flat_events_and_slashes_are_taken_in_any_case() throws Exception {
        assertThat(collector.post("/micro/good", "{\"limit\":1.0}").statusCode())
                .isEqualTo(200);
        assertThat(collector
                        .post("/micro/events", "{\"page\":1.0,\"pageSize\":1e1}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(collector.get("/micro/events").body()).isEqualTo("[]");
        assertThat(collector.get("/micro/good/").statusCode()).isEqualTo(200);
        assertThat(collector.get("/micro/ui/no-such-file/").statusCode()).isEqualTo(404);
    }

    @Test
    void no_page_elsewhere_reads_events() throws Exception {
        for (String origin : List.of("http://localhost:3000", "http://localhost")) {
            HttpResponse<String> answer = collector.send(
                    collector.to("/micro/good").header("Origin", origin).GET());
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"LOCALHOST", "localhost.", "127.0.0.2", "127.255.255.254", "a.localhost", "[::1]", "Localhost:1"
            })
    void every_name_of_this_machine_is_answered(String host) throws Exception {
        assertThat(collector.raw("GET /micro/all HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"micro:9090", "localhost.evil.test", "128.0.0.1", "localhosts", "a..localhost"})
    void other_names_are_answered_when_open_to_all(String host) throws Exception {
        String request = "GET /micro/all HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        assertThat(collector.raw(request)).startsWith("HTTP/1.1 403 ").contains("--allow-host");
        try (TestCollector open = new TestCollector()) {
            open.start(CollectorSettings.micro().openToAll(true));
            assertThat(open.raw(request)).startsWith("HTTP/1.1 200 ");
        }
    }
}
