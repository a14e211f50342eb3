package dev.internalevents.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.model.ModelException;
import dev.internalevents.gateway.model.OpenAiModel;
import dev.internalevents.gateway.model.TokenUsage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

@ExtendWith(OutputCaptureExtension.class)
class GatewayTest {

    private static final String FILE =
            "{\"current_file\":{\"file_name\":\"a.py\",\"content_above_cursor\":\"def hé\",\"content_below_cursor\":\"x\"}}";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Collector collector;
    private ConfigurableApplicationContext gateway;

    @BeforeEach
    void start() throws IOException {
        collector = Collector.start(CollectorSettings.local(0));
        SpringApplication application = new SpringApplication(GatewayApplication.class, LegacySettings.class);
        application.setDefaultProperties(Map.of("server.address", "127.0.0.1", "test.collector", collector.url()));
        gateway = application.run(
                "--server.port=0", "--internal-events.enabled=true", "--internal-events.endpoint=" + collector.url());
    }

    @AfterEach
    void stop() {
        gateway.close();
        collector.close();
    }

    @Test
    void the_awesome_feature_tracks_its_event_and_the_access_log_names_it(CapturedOutput output) throws Exception {
        assertThat(post("/v1/awesome_feature", "{}").statusCode()).isEqualTo(200);

        JsonNode event = events(1).get(0).path("event");
        assertThat(event.path("se_action").asString()).isEqualTo("request_awesome_feature");
        assertThat(event.path("se_category").asString()).isEqualTo("default_category");
        await().until(() -> output.getOut().contains("\"path\":\"/v1/awesome_feature\""));
        String line = output.getOut()
                .lines()
                .filter(l -> l.contains("/v1/awesome_feature"))
                .findFirst()
                .orElseThrow();
        assertThat(JsonMapper.shared()
                        .readTree(line)
                        .path("tracked_internal_events")
                        .toString())
                .isEqualTo("[\"request_awesome_feature\"]");
    }

    @ParameterizedTest
    @CsvSource({"completions,request_complete_code", "generations,request_generate_code"})
    void suggestions_track_both_events_and_answer_with_the_echo(String endpoint, String name) throws Exception {
        HttpResponse<String> answer = post("/v2/code/" + endpoint, FILE);

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode body = JsonMapper.shared().readTree(answer.body());
        assertThat(body.at("/choices/0/text").asString()).isEqualTo("echo: def hé");
        assertThat(body.at("/model/lang").asString()).isEqualTo("python");
        JsonNode good = events(3);
        JsonNode internal = named(good, name);
        assertThat(internal.at("/event/contexts/data/0/data/extra/language").asString())
                .isEqualTo("python");
        assertThat(named(good, "suggestion_requested").at("/event/se_category").asString())
                .isEqualTo("code_suggestions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|422|current_file: is missing",
                "{\"current_file\":{\"content_above_cursor\":\"\",\"content_below_cursor\":\"\"}}|422|current_file.file_name",
                "nope|400|The body is not the JSON",
            })
    void a_wrong_body_is_a_clear_error(String body, int status, String reason) throws Exception {
        HttpResponse<String> answer = post("/v2/code/completions", body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(reason);
    }

    @Test
    void a_body_that_is_too_long_is_refused() throws Exception {
        String file = FILE.replace("def hé", "x".repeat(100_001));
        assertThat(post("/v2/code/completions", file).statusCode()).isEqualTo(422);
        assertThat(post("/v2/code/completions", FILE.replace("def hé", "x".repeat(2_000_000)))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void another_model_answers_when_one_is_configured() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        StringBuilder asked = new StringBuilder();
        server.createContext("/v1/completions", exchange -> {
            asked.append(exchange.getRequestHeaders().getFirst("Authorization"))
                    .append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer =
                    "{\"choices\":[{\"text\":\"llo()\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":3}}}"
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            OpenAiModel model = new OpenAiModel(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "m", "secret");
            Completion completion = model.complete("def he", "x");
            assertThat(completion.text()).isEqualTo("llo()");
            assertThat(completion.tokens()).isEqualTo(new TokenUsage(9L, 4L, 3));
            assertThat(completion.tokens().total()).isEqualTo(13);
            assertThat(asked.toString())
                    .startsWith("Bearer secret{")
                    .contains("\"prompt\":\"def he\"", "\"suffix\":\"x\"");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|[]",
                "200|''",
                "200|null",
                "200|{\"choices\":[{\"text\":5}]}",
                "200|{\"choices\":[{\"text\":null}],\"usage\":null}",
                "204|",
                "302|{\"choices\":[{\"text\":\"x\"}]}",
                "500|{\"error\":\"key sk-1\"}",
            })
    void an_answer_without_a_text_is_no_completion_and_what_it_says_is_only_logged(
            int status, @Nullable String body, CapturedOutput output) throws Exception {
        HttpServer server = model(status, body);
        try {
            assertThatThrownBy(() -> model(server).complete("a", ""))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("the model at AIGW_MODEL__ENDPOINT did not answer; see the gateway's log");
            await().until(() -> output.getOut().contains("did not answer with a completion, but with "));
            assertThat(output.getOut().contains("key sk-1")).isEqualTo(status == 500);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-5,9223372036854775807,,",
        "2147483648,2147483647,,2147483647",
        "2147483647,2147483647,2147483647,2147483647",
        "1.5,99999999999999999999,,",
        "0,0,0,0"
    })
    void token_counts_are_whole_numbers_that_events_take(
            String prompt, String completion, @Nullable Long input, @Nullable Long output) throws Exception {
        HttpServer server = model(
                200,
                "{\"choices\":[{\"text\":\"t\"}],\"usage\":{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":"
                        + completion + "}}");
        try {
            TokenUsage tokens = model(server).complete("a", "").tokens();
            assertThat(tokens).isEqualTo(new TokenUsage(input, output, 0));
            assertThat(tokens.total()).isEqualTo(input == null || output == null ? null : (Long) (input + output));
        } finally {
            server.stop(0);
        }
        assertThat(new TokenUsage(Long.MAX_VALUE, -1L, -1)).isEqualTo(new TokenUsage(null, null, 0));
    }

    private static HttpServer model(int status, @Nullable String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/completions", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] answer = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Location", "/v1/completions");
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static OpenAiModel model(HttpServer server) {
        return new OpenAiModel(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "m", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/prompts",
                "/v2/prompts",
                "/v1/prompts/",
                "/v2/prompts/nope",
                "/v1/prompts/include_file_context",
                "/v2/prompts/include_user_rule_context"
            })
    void a_prompt_that_does_not_exist_is_not_found(String path) throws Exception {
        HttpResponse<String> answer = post(path, "{\"inputs\":{}}");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("There is no prompt with this id.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary=x"})
    void a_body_of_parts_is_refused_without_a_trace(String type, CapturedOutput output) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri("/v1/prompts/duo_chat"))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString("--x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(415);
        await().until(() -> output.getOut().contains("\"status\":415"));
        assertThat(output.getOut()).doesNotContain("\tat ");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port") + path);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/json")
                        .header("X-Gitlab-Realm", "saas")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode events(int count) {
        return await().until(
                        () -> JsonMapper.shared()
                                .readTree(http.send(
                                                HttpRequest.newBuilder(URI.create(collector.url() + "/micro/good"))
                                                        .build(),
                                                HttpResponse.BodyHandlers.ofString())
                                        .body()),
                        good -> good.size() == count);
    }

    private static JsonNode named(JsonNode events, String action) {
        return events.valueStream()
                .filter(event -> event.at("/event/se_action").asString().equals(action))
                .findFirst()
                .orElseThrow();
    }
}
