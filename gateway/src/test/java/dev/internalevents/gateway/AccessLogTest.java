package dev.internalevents.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The answer, the access log and the events share the request's id. */
@ExtendWith(OutputCaptureExtension.class)
class AccessLogTest {

    @ParameterizedTest
    @ValueSource(strings = {"my-req-1", ""})
    void the_answer_the_line_and_the_event_carry_the_same_id(String given, CapturedOutput output) throws Exception {
        try (Collector collector = Collector.start(CollectorSettings.local(0));
                ConfigurableApplicationContext gateway =
                        start("--internal-events.enabled=true", "--internal-events.endpoint=" + collector.url())) {
            HttpResponse<String> answer = send(gateway, "POST", "/v1/awesome_feature?token=secret", given);

            String id = id(answer);
            assertThat(id).isNotEmpty();
            if (!given.isEmpty()) {
                assertThat(id).isEqualTo(given);
            }
            JsonNode line = line(output, "/v1/awesome_feature");
            assertThat(line.path("correlation_id").asString()).isEqualTo(id);
            assertThat(line.path("url").asString())
                    .endsWith("/v1/awesome_feature")
                    .startsWith("http://127.0.0.1:");
            assertThat(line.path("http_version").asString()).isEqualTo("1.1");
            assertThat(line.path("client_ip").asString()).isEqualTo("127.0.0.1");
            assertThat(line.path("user_agent").asString()).isEqualTo("test/1");
            assertThat(line.path("status").asInt()).isEqualTo(200);
            assertThat(line.path("duration_ms").asDouble()).isPositive();
            assertThat(line.toString()).doesNotContain("secret");
            assertThat(event(collector)
                            .at("/event/contexts/data/0/data/correlation_id")
                            .asString())
                    .isEqualTo(id);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/monitoring/healthz,200",
        "GET,/actuator/health,200",
        "GET,/nothing-here,404",
        "GET,/v1/awesome_feature,405",
        "POST,/v2/code/completions,415"
    })
    void every_answer_has_the_id(String method, String path, int status) throws Exception {
        try (ConfigurableApplicationContext gateway = start("--internal-events.middleware.enabled=false")) {
            HttpResponse<String> answer = send(gateway, method, path, "my-req-1");
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(id(answer)).isEqualTo("my-req-1");
        }
    }

    @Test
    void an_id_that_no_event_can_have_is_replaced() throws Exception {
        try (ConfigurableApplicationContext gateway = start()) {
            for (String given : List.of("x".repeat(65), "x".repeat(1_001), "two words")) {
                assertThat(id(send(gateway, "POST", "/v1/awesome_feature", given)))
                        .matches("[0-9a-f]{32}");
            }
            assertThat(id(send(gateway, "POST", "/v1/awesome_feature", "x".repeat(64))))
                    .isEqualTo("x".repeat(64));
        }
    }

    @Test
    void switched_off_it_says_so_and_lists_nothing(CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext gateway = start()) {
            assertThat(send(gateway, "POST", "/v1/awesome_feature", "").statusCode())
                    .isEqualTo(200);
            assertThat(output.getOut())
                    .contains("internal events are switched off (AIGW_INTERNAL_EVENT__ENABLED=true sends them)")
                    .doesNotContain("go to null");
            assertThat(line(output, "/v1/awesome_feature")
                            .path("tracked_internal_events")
                            .toString())
                    .isEqualTo("[]");
        }
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.setDefaultProperties(Map.of("server.address", "127.0.0.1", "server.port", 0));
        return application.run(arguments);
    }

    private HttpResponse<String> send(ConfigurableApplicationContext gateway, String method, String path, String id)
            throws IOException, InterruptedException {
        String port = gateway.getEnvironment().getProperty("local.server.port");
        HttpRequest.Builder request = TestHttp.to("http://127.0.0.1:" + port + path)
                .header("User-Agent", "test/1")
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("POST") ? "x" : ""));
        if (!id.isEmpty()) {
            request.header("X-Request-ID", id);
        }
        return TestHttp.send(request);
    }

    private static String id(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-Request-ID").orElse("");
    }

    private static JsonNode line(CapturedOutput output, String path) {
        String written = "\"path\":\"" + path + "\"";
        await().until(() -> output.getOut().contains(written));
        String line = output.getOut()
                .lines()
                .filter(l -> l.contains(written))
                .findFirst()
                .orElseThrow();
        return JsonMapper.shared().readTree(line);
    }

    private JsonNode event(Collector collector) {
        return await().until(
                        () -> JsonMapper.shared()
                                .readTree(TestHttp.get(collector.url() + "/micro/good")
                                        .body()),
                        events -> events.size() == 1)
                .get(0);
    }
}
