package com.example.plain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Sends a request to the service, and asks a collector in this process for the event. */
class ShopTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void an_order_is_tracked_with_the_context_of_its_request() throws Exception {
        try (Collector collector = Collector.start(CollectorSettings.local(0));
                InternalEventsClient internalEvents = InternalEventsClient.builder()
                        .endpoint(URI.create(collector.url()))
                        .appId("shop")
                        .sendUserId(true)
                        .batchSize(1)
                        .build();
                Shop shop = Shop.start(internalEvents, "test", 0)) {
            HttpResponse<String> ordered = post(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + shop.port() + "/orders"))
                            .header("X-Gitlab-User-Id", "42")
                            .header("X-Gitlab-Instance-Id", "ea8b")
                            .header("X-Request-ID", "request-1"),
                    "");
            assertEquals(204, ordered.statusCode(), ordered.body());
            assertEquals("request-1", ordered.headers().firstValue("X-Request-ID").orElse("none"));

            HttpResponse<String> event = post(
                    HttpRequest.newBuilder(URI.create(collector.url() + "/micro/await")),
                    """
                    {"where": {
                        "app_id": "shop",
                        "se_action": "place_order",
                        "contexts_com_gitlab_gitlab_standard_1.environment": "test",
                        "contexts_com_gitlab_gitlab_standard_1.source": "plain-java",
                        "contexts_com_gitlab_gitlab_standard_1.user_id": 42,
                        "contexts_com_gitlab_gitlab_standard_1.instance_id": "ea8b",
                        "contexts_com_gitlab_gitlab_standard_1.correlation_id": "request-1"
                    }, "timeoutMs": 30000}
                    """);
            assertEquals(200, event.statusCode(), event.body());
        }
    }

    private HttpResponse<String> post(HttpRequest.Builder request, String body)
            throws IOException, InterruptedException {
        return http.send(
                request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
