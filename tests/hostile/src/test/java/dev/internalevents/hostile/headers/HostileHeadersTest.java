package dev.internalevents.hostile.headers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller sends in headers, the event of the request is valid against the strict schema of the context. */
@Tag("slow")
class HostileHeadersTest {

    private static final int MAX_HEADER_BYTES = 1 << 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Collector collector;

    @BeforeEach
    void start() throws Exception {
        Path registry = Path.of(HostileHeadersTest.class.getResource("/iglu").toURI());
        collector =
                Collector.start(CollectorSettings.micro().port(0).iglu(registry).build());
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "Web MVC", "WebFlux", "gRPC"})
    void no_header_makes_an_event_fail(String transport) throws Exception {
        int served = 0;
        List<Map<String, String>> cases = cases();
        try (InternalEventsClient client = InternalEventsClient.builder()
                        .endpoint(URI.create(collector.url()))
                        .batchSize(250)
                        .build();
                Transport service = service(transport, client)) {
            for (Map<String, String> headers : cases) {
                if (service.send(headers)) {
                    served++;
                }
            }
            assertThat(client.flush(Duration.ofSeconds(60))).isTrue();
        }

        Map<?, ?> counts = (Map<?, ?>) Json.parse(get("/micro/all"));
        assertThat(counts.get("bad")).as(get("/micro/bad?limit=3")).isEqualTo(0L);
        assertThat(counts.get("good")).isEqualTo((long) served);
        // Servers reject only a few of them.
        assertThat(served).isGreaterThan(cases.size() * 9 / 10);
    }

    @Test
    void the_schema_of_these_tests_is_strict() throws Exception {
        for (String field : List.of(
                "\"realm\":\"SaaS\"",
                "\"namespace_id\":-1",
                "\"host_name\":\"" + "h".repeat(256) + "\"",
                "\"another\":1")) {
            String context = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":[{"
                    + "\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8\",\"data\":{"
                    + "\"environment\":\"test\"," + field + "}}]}";
            post(Map.of("e", "se", "p", "srv", "se_ca", "c", "se_ac", "a", "co", context));
        }
        Map<?, ?> counts = (Map<?, ?>) Json.parse(get("/micro/all"));
        assertThat(counts.get("bad")).isEqualTo(4L);
    }

    private Transport service(String name, InternalEventsClient client) throws Exception {
        return switch (name) {
            case "servlet" -> new JettyTransport(client, MAX_HEADER_BYTES);
            case "Web MVC" -> new SpringTransport("servlet", collector.url(), MAX_HEADER_BYTES);
            case "WebFlux" -> new SpringTransport("reactive", collector.url(), MAX_HEADER_BYTES);
            default -> new GrpcTransport(client, MAX_HEADER_BYTES);
        };
    }

    /** Returns each value in each header alone, and in all headers at once. */
    private static List<Map<String, String>> cases() {
        List<String> names = new ArrayList<>(EventContextFactory.headers());
        names.add("X-Gitlab-Language-Server-Version");
        List<Map<String, String>> cases = new ArrayList<>();
        for (String value : NastyHeaders.values()) {
            Map<String, String> all = new LinkedHashMap<>();
            for (String name : names) {
                cases.add(Map.of(name, value));
                all.put(name, value);
            }
            cases.add(all);
        }
        return cases;
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(collector.url() + path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private void post(Map<String, String> event) throws IOException, InterruptedException {
        String body = Json.write(Map.of(
                "schema", "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4", "data", List.of(event)));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(collector.url() + "/com.snowplowanalytics.snowplow/tp2"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
    }
}
