package com.example.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the application on each web stack, with a server in place of the collector that records what it receives. */
class OrdersTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<JsonNode> sent = new LinkedBlockingQueue<>();
    private HttpServer collector;

    @BeforeEach
    void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            JSON.readTree(exchange.getRequestBody().readAllBytes()).path("data").forEach(sent::add);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void an_event_has_the_context_of_its_request(String stack) throws Exception {
        assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
        try (ConfigurableApplicationContext application = start(stack)) {
            assertThat(order(application).headers().firstValue("X-Request-ID")).hasValue("request-1");
        }

        JsonNode context = contexts().get("place_order_in_shop");
        assertThat(context.path("environment").asText()).isEqualTo("test");
        assertThat(context.path("user_id").asText()).isEqualTo("42");
        assertThat(context.path("instance_id").asText()).isEqualTo("ea8b");
        assertThat(context.path("correlation_id").asText()).isEqualTo("request-1");
    }

    @Test
    void an_event_of_an_async_method_has_it_too() throws Exception {
        try (ConfigurableApplicationContext application = start("servlet")) {
            order(application);
        }

        assertThat(contexts().get("send_receipt_in_shop").path("correlation_id").asText())
                .isEqualTo("request-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void the_health_endpoint_reports_the_client(String stack) throws Exception {
        try (ConfigurableApplicationContext application = start(stack)) {
            HttpResponse<String> health = http.send(
                    HttpRequest.newBuilder(uri(application, "/actuator/health/internalEvents"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(health.body()).contains("\"status\":\"UP\"", "\"enabled\":true", "\"tracked\":0");
        }
    }

    private ConfigurableApplicationContext start(String stack) {
        return SpringApplication.run(
                Boot3Application.class,
                "--spring.main.web-application-type=" + stack,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.task.execution.shutdown.await-termination=true",
                "--spring.task.execution.shutdown.await-termination-period=30s",
                "--management.endpoint.health.show-details=always",
                "--internal-events.enabled=true",
                "--internal-events.environment=test",
                "--internal-events.send-user-id=true",
                "--internal-events.endpoint=http://127.0.0.1:" + collector.getAddress().getPort());
    }

    private HttpResponse<String> order(ConfigurableApplicationContext application)
            throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(uri(application, "/orders"))
                        .header("X-Gitlab-User-Id", "42")
                        .header("X-Gitlab-Instance-Id", "ea8b")
                        .header("X-Request-ID", "request-1")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response;
    }

    private static URI uri(ConfigurableApplicationContext application, String path) {
        return URI.create(
                "http://127.0.0.1:" + application.getEnvironment().getRequiredProperty("local.server.port") + path);
    }

    /** Returns the contexts of the two events of an order, by the events' names. */
    private Map<String, JsonNode> contexts() throws IOException, InterruptedException {
        Map<String, JsonNode> contexts = new HashMap<>();
        for (int i = 0; i < 2; i++) {
            JsonNode event = sent.poll(30, TimeUnit.SECONDS);
            assertThat(event).as("fewer than two events were sent within 30 s").isNotNull();
            byte[] encoded = Base64.getUrlDecoder().decode(event.path("cx").asText());
            contexts.put(event.path("se_ac").asText(), JSON.readTree(encoded).at("/data/0/data"));
        }
        return contexts;
    }
}
