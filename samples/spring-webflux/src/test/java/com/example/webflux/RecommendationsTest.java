package com.example.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the application on a real port, with a server in place of the collector that records what it receives. */
class RecommendationsTest {

    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private HttpServer collector;

    @BeforeEach
    void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            sent.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void the_event_carries_what_the_headers_say() throws Exception {
        try (ConfigurableApplicationContext application = SpringApplication.run(
                WebFluxApplication.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--internal-events.enabled=true",
                "--internal-events.environment=test",
                "--internal-events.send-user-id=true",
                "--internal-events.endpoint=http://127.0.0.1:" + collector.getAddress().getPort())) {
            request(application.getEnvironment().getRequiredProperty("local.server.port"));
        }

        JsonNode event = event();
        assertThat(event.path("se_ac").asString()).isEqualTo("view_recommendations_in_shop");
        JsonNode context = context(event);
        assertThat(context.path("environment").asString()).isEqualTo("test");
        assertThat(context.path("realm").asString()).isEqualTo("saas");
        assertThat(context.path("instance_id").asString()).isEqualTo("ea8b");
        assertThat(context.path("host_name").asString()).isEqualTo("gitlab.com");
        assertThat(context.path("instance_version").asString()).isEqualTo("18.1.0");
        assertThat(context.path("global_user_id").asString()).isEqualTo("g-42");
        assertThat(context.path("user_id").asString()).isEqualTo("42");
        assertThat(context.path("is_gitlab_team_member").asBoolean()).isTrue();
        assertThat(context.path("feature_enabled_by_namespace_ids").toString()).isEqualTo("[9970,42]");
        assertThat(context.path("correlation_id").asString()).isEqualTo("request-1");
        assertThat(context.path("context_generated_at").asString()).isNotEmpty();
    }

    private static void request(String port) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/recommendations"))
                                .header("X-Gitlab-Realm", "saas")
                                .header("X-Gitlab-Instance-Id", "ea8b")
                                .header("X-Gitlab-Host-Name", "gitlab.com")
                                .header("X-Gitlab-Version", "18.1.0")
                                .header("X-Gitlab-Global-User-Id", "g-42")
                                .header("X-Gitlab-User-Id", "42")
                                .header("X-Gitlab-Is-Team-Member", "true")
                                .header("X-Gitlab-Feature-Enabled-By-Namespace-Ids", "9970, 42")
                                .header("X-Request-ID", "request-1")
                                .GET()
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
    }

    private JsonNode event() throws InterruptedException {
        String body = sent.poll(30, TimeUnit.SECONDS);
        assertThat(body).as("nothing was sent within 30 s").isNotNull();
        return JsonMapper.shared().readTree(body).at("/data/0");
    }

    private static JsonNode context(JsonNode event) {
        byte[] contexts = Base64.getUrlDecoder().decode(event.path("cx").asString());
        return JsonMapper.shared().readTree(contexts).at("/data/0/data");
    }
}
