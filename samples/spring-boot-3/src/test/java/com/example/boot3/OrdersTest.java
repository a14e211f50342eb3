package com.example.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the application on each web stack, and asks a collector in this process for its events. */
class OrdersTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void an_event_has_the_context_of_its_request(String stack) throws Exception {
        assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
        try (Collector collector = Collector.start(CollectorSettings.local(0));
                ConfigurableApplicationContext application = start(stack, collector)) {
            assertThat(post(order(application), "").headers().firstValue("X-Request-ID"))
                    .hasValue("request-1");

            assertArrived(collector, "place_order_in_shop");
        }
    }

    @Test
    void an_event_of_an_async_method_has_it_too() throws Exception {
        try (Collector collector = Collector.start(CollectorSettings.local(0));
                ConfigurableApplicationContext application = start("servlet", collector)) {
            post(order(application), "");

            assertArrived(collector, "send_receipt_in_shop");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void the_health_endpoint_reports_the_client(String stack) throws Exception {
        try (Collector collector = Collector.start(CollectorSettings.local(0));
                ConfigurableApplicationContext application = start(stack, collector)) {
            HttpResponse<String> health = http.send(
                    HttpRequest.newBuilder(uri(application, "/actuator/health/internalEvents"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(health.body()).contains("\"status\":\"UP\"", "\"enabled\":true", "\"tracked\":0");
        }
    }

    private static ConfigurableApplicationContext start(String stack, Collector collector) {
        return SpringApplication.run(
                Boot3Application.class,
                "--spring.main.web-application-type=" + stack,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.endpoint.health.show-details=always",
                "--internal-events.enabled=true",
                "--internal-events.app-id=shop",
                "--internal-events.environment=test",
                "--internal-events.send-user-id=true",
                "--internal-events.endpoint=" + collector.url());
    }

    private static HttpRequest.Builder order(ConfigurableApplicationContext application) {
        return HttpRequest.newBuilder(uri(application, "/orders"))
                .header("X-Gitlab-User-Id", "42")
                .header("X-Gitlab-Instance-Id", "ea8b")
                .header("X-Request-ID", "request-1");
    }

    private static URI uri(ConfigurableApplicationContext application, String path) {
        return URI.create(
                "http://127.0.0.1:" + application.getEnvironment().getRequiredProperty("local.server.port") + path);
    }

    private void assertArrived(Collector collector, String event) throws Exception {
        HttpResponse<String> found = post(HttpRequest.newBuilder(URI.create(collector.url() + "/micro/await")), """
                {"where": {
                    "app_id": "shop",
                    "se_action": "%s",
                    "contexts_com_gitlab_gitlab_standard_1.environment": "test",
                    "contexts_com_gitlab_gitlab_standard_1.user_id": 42,
                    "contexts_com_gitlab_gitlab_standard_1.instance_id": "ea8b",
                    "contexts_com_gitlab_gitlab_standard_1.correlation_id": "request-1"
                }, "timeoutMs": 30000}
                """.formatted(event));
        assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
    }

    private HttpResponse<String> post(HttpRequest.Builder request, String body)
            throws IOException, InterruptedException {
        return http.send(
                request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
