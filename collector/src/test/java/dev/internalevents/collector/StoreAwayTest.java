package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API answers while the store cannot be opened. */
@Tag("slow")
class StoreAwayTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("events.duckdb"), "this is no store".repeat(2_000));
        collector.start(CollectorSettings.collector(folder).allowReset(true).readYourWrites(true));
        while (String.valueOf(collector.processor().trouble()).contains("being opened")) {
            Thread.onSpinWait();
        }
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
        HttpResponse<String> answer = collector.once(collector
                .to(path)
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
        assertThat(collector.get("/micro/definitions").statusCode()).isEqualTo(200);
        assertThat(collector.get("/micro/openapi.json").statusCode()).isEqualTo(200);
        collector.track("{\"e\":\"pv\"}");
        assertThat(collector.post("/micro/events", "no JSON").statusCode()).isEqualTo(400);
    }

    @Test
    void a_reset_that_was_refused_is_not_made_later() throws Exception {
        collector.track("{\"e\":\"pv\"}");
        assertThat(collector.post("/micro/reset", "").statusCode()).isEqualTo(503);

        Files.delete(folder.resolve("events.duckdb"));

        HttpResponse<String> all = collector.get("/micro/all");
        while (all.statusCode() == 503) {
            all = collector.get("/micro/all");
        }
        assertThat(all.body()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
    }
}
