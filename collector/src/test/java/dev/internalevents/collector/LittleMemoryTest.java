package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A collector in a separate process whose heap is small for the events it receives. */
@Tag("slow")
class LittleMemoryTest {

    private static final Duration LONG = Duration.ofSeconds(120);
    private static final String SNOWPLOW = "iglu:com.snowplowanalytics.snowplow/";
    private static final String PAGE_VIEW = "{\"e\":\"pv\",\"p\":\"web\"}";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Process process;
    private String url;

    @AfterEach
    void kill() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Starts a collector on the folder in the first argument and writes its address to the file in the second. */
    public static void main(String[] args) throws IOException {
        Path address = Path.of(args[1]);
        try (Collector collector = Collector.start(CollectorSettings.collector(Path.of(args[0]))
                .readYourWrites(true)
                .port(0)
                .build())) {
            Path written = Files.writeString(Path.of(address + ".new"), collector.url());
            Files.move(written, address, StandardCopyOption.ATOMIC_MOVE);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private void start(String heap) throws Exception {
        Path address = folder.resolve("address");
        Files.deleteIfExists(address);
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LittleMemoryTest.class.getName(),
                        folder.resolve("data").toString(),
                        address.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        await().atMost(LONG).until(() -> Files.exists(address) || !process.isAlive());
        url = Files.readString(address);
    }

    private Path log() {
        return folder.resolve("log");
    }

    private void send(String... events) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + TestCollector.TP2))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"schema\":\"" + SNOWPLOW
                        + "payload_data/jsonschema/1-0-4\",\"data\":[" + String.join(",", events) + "]}"))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
    }

    private JsonNode get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(30))
                .build();
        return JsonMapper.shared()
                .readTree(client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    private void awaitCounts(int good, int bad) {
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(get("/micro/all"))
                        .hasToString("{\"total\":" + (good + bad) + ",\"good\":" + good + ",\"bad\":" + bad + "}"));
    }

    private static String pageViewWith(List<String> contexts) {
        String json = "{\"schema\":\"" + SNOWPLOW + "contexts/jsonschema/1-0-0\",\"data\":["
                + String.join(",", contexts) + "]}";
        return "{\"e\":\"pv\",\"p\":\"web\",\"co\":\"" + json.replace("\"", "\\\"") + "\"}";
    }

    @Test
    void an_event_of_45_726_contexts_with_50_failures_each_is_one_failed_event_and_stops_no_other() throws Exception {
        String context = "{\"schema\":\"" + SNOWPLOW + "element_content/jsonschema/1-0-0\",\"data\":{\"attributes\":["
                + String.join(",", Collections.nCopies(17, "{}")) + "]}}";
        start("-Xmx512m");
        send(PAGE_VIEW);
        send(pageViewWith(Collections.nCopies(45_726, context)));
        send(PAGE_VIEW);
        awaitCounts(2, 1);
        JsonNode errors = get("/micro/bad").get(0).path("errors");
        assertThat(errors.size()).isBetween(1, 51);

        process.destroyForcibly().waitFor();
        start("-Xmx512m");
        send(PAGE_VIEW);
        awaitCounts(3, 1);
        assertThat(Files.readString(log())).doesNotContain("OutOfMemoryError");
    }

    @Test
    void twelve_large_queries_at_a_time_are_answered_or_refused_and_the_intake_goes_on() throws Exception {
        start("-Xmx256m");
        String large = "{\"e\":\"pv\",\"p\":\"web\",\"ua\":\"" + "u".repeat(900) + "\",\"page\":\"" + "p".repeat(1_900)
                + "\"}";
        int stored = 6_000;
        for (int i = 0; i < stored; i += 500) {
            send(Collections.nCopies(500, large).toArray(String[]::new));
        }
        awaitCounts(stored, 0);

        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(ask("/micro/good", "{}"));
            answers.add(
                    ask("/micro/events", "{\"pageSize\":1000,\"sorting\":{\"column\":\"page_title\",\"desc\":true}}"));
            answers.add(ask("/micro/sql", "{\"sql\":\"SELECT * FROM events ORDER BY page_title, event_id\"}"));
            answers.add(ask("/micro/columnStats", "{\"columns\":[\"page_title\",\"useragent\",\"event_id\"]}"));
        }
        int more = 0;
        do {
            send(PAGE_VIEW);
            more++;
        } while (answers.stream().anyMatch(answer -> !answer.isDone()));

        List<Answer> all = answers.stream().map(CompletableFuture::join).toList();
        assertThat(all).allSatisfy(answer -> assertThat(answer.status()).isIn(200, 429, 503));
        assertThat(all)
                .filteredOn(answer -> answer.status() == 200)
                .isNotEmpty()
                .allSatisfy(answer -> {
                    assertThat(answer.bytes()).isGreaterThan(100);
                    assertThat((char) answer.last()).isIn(']', '}');
                });
        awaitCounts(stored + more, 0);
        assertThat(Files.readString(log())).doesNotContain("OutOfMemoryError");
    }

    /** A response of which only the length and the last byte are kept. */
    private record Answer(int status, long bytes, int last) {}

    private CompletableFuture<Answer> ask(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(LONG)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(
                        response -> {
                            try (InputStream in = response.body()) {
                                byte[] buffer = new byte[1 << 16];
                                long bytes = 0;
                                int last = -1;
                                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                                    bytes += n;
                                    last = n == 0 ? last : buffer[n - 1];
                                }
                                return new Answer(response.statusCode(), bytes, last);
                            } catch (IOException e) {
                                throw new UncheckedIOException(path, e);
                            }
                        },
                        task -> new Thread(task).start());
    }
}
