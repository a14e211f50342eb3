package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failed event that is good after its schema was added to a registry. */
class RetriedLakeTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private Collector start(SinkSettings.Format format) throws IOException {
        return Collector.start(CollectorSettings.micro()
                .port(0)
                .folder(folder.resolve("data"))
                .iglu(folder.resolve("registry"))
                .sink(new SinkSettings(
                        folder.resolve("lake").toString(), null, format, Duration.ofSeconds(1), 1_000_000))
                .build());
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private void track(Collector collector) throws IOException, InterruptedException {
        String event = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\","
                + "\"data\":{\"schema\":\"iglu:test/bought/jsonschema/1-0-0\",\"data\":{}}}";
        send(HttpRequest.newBuilder(URI.create(collector.url() + "/i?e=ue&p=srv&tv=t&eid=" + UUID.randomUUID()
                + "&ue_pr=" + URLEncoder.encode(event, StandardCharsets.UTF_8))));
    }

    private List<Long> numbers(SinkSettings.Format format, String table) throws Exception {
        Path files = folder.resolve("lake").resolve(table);
        if (format == SinkSettings.Format.PARQUET) {
            return Duck.numbers(files);
        }
        return new FolderTable(files).exists() ? Tables.numbers(files) : List.of();
    }

    @ParameterizedTest
    @EnumSource(SinkSettings.Format.class)
    void it_is_added_to_the_good_events_once(SinkSettings.Format format) throws Exception {
        Files.createDirectories(folder.resolve("registry"));
        try (Collector collector = start(format)) {
            track(collector);
            track(collector);
            await().atMost(LONG).until(() -> numbers(format, "failed_events").size() == 2);
            assertThat(numbers(format, "good_events")).isEmpty();

            addSchema();
            long good = 0;
            while (good < 2) {
                // A schema that was missing is looked up again after a while.
                send(HttpRequest.newBuilder(URI.create(collector.url() + "/micro/failed/retry"))
                        .POST(HttpRequest.BodyPublishers.noBody()));
                String counts = send(HttpRequest.newBuilder(URI.create(collector.url() + "/micro/all")));
                good = counts.contains("\"good\":2") ? 2 : 0;
            }
            track(collector);
            await().atMost(LONG).until(() -> numbers(format, "good_events").size() == 3);
        }
        try (Collector collector = start(format)) {
            track(collector);
        }
        assertThat(numbers(format, "good_events")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(numbers(format, "failed_events")).containsExactly(1L, 2L);
    }

    private void addSchema() throws IOException {
        Path schema = folder.resolve("registry").resolve("schemas/test/bought/jsonschema/1-0-0");
        Files.createDirectories(schema.getParent());
        Files.writeString(
                schema,
                "{\"self\":{\"vendor\":\"test\",\"name\":\"bought\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"},"
                        + "\"type\":\"object\"}");
    }
}
