package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API answers while the store cannot be opened. */
class StoreAwayTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private Collector collector;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("events.duckdb"), "this is no store".repeat(2_000));
        collector = Collector.start(CollectorSettings.collector(folder)
                .port(0)
                .allowReset(true)
                .readYourWrites(true)
                .build());
        http = new Http(collector);
        while (String.valueOf(collector.processor().trouble()).contains("being opened")) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/micro/all|",
                "GET|/micro/good|",
                "GET|/micro/bad|",
                "POST|/micro/bad|{\"limit\":1}",
                "GET|/micro/columns|",
                "GET|/micro/export|",
                "GET|/micro/events/1|",
                "GET|/micro/metrics|",
                "POST|/micro/reset|",
                "POST|/micro/failed/retry|",
                "POST|/micro/backup|",
                "POST|/micro/events|{}",
                "POST|/micro/columnStats|{\"columns\":[\"app_id\"]}",
                "POST|/micro/timeline|{\"buckets\":[]}",
                "POST|/micro/sql|{\"sql\":\"SELECT 1\"}",
                "POST|/micro/await|{\"timeoutMs\":60000}",
                "POST|/micro/await|{\"timeoutMs\":0}"
            })
    void a_question_is_answered_with_the_trouble(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = http.once(http.to(path)
                .timeout(SOON)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body)));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).startsWith("{\"error\":\"").contains("events.duckdb");
    }

    @Test
    void what_needs_no_store_is_answered() throws Exception {
        assertThat(http.get("/micro/definitions").statusCode()).isEqualTo(200);
        assertThat(http.get("/micro/openapi.json").statusCode()).isEqualTo(200);
        assertThat(http.post(Http.TP2, payload()).statusCode()).isEqualTo(200);
        assertThat(http.post("/micro/events", "no JSON").statusCode()).isEqualTo(400);
    }

    @Test
    void a_reset_that_was_refused_is_not_made_later() throws Exception {
        assertThat(http.post(Http.TP2, payload()).statusCode()).isEqualTo(200);
        assertThat(http.post("/micro/reset", "").statusCode()).isEqualTo(503);

        Files.delete(folder.resolve("events.duckdb"));

        HttpResponse<String> all = http.get("/micro/all");
        while (all.statusCode() == 503) {
            all = http.get("/micro/all");
        }
        assertThat(all.body()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
    }

    private static String payload() {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[{\"e\":\"pv\"}]}";
    }
}
