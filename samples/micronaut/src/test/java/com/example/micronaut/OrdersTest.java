package com.example.micronaut;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.internalevents.protocol.TrackerPayload;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sends a request to the application, and looks at the event that it sends. */
@MicronautTest
class OrdersTest {

    @Inject
    RecordingCollector collector;

    @Inject
    EmbeddedServer application;

    @ParameterizedTest
    @CsvSource({"/orders, place_order", "/orders/receipt, send_receipt"})
    void an_event_has_the_context_of_its_request(String path, String name) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(application.getURI().resolve(path))
                                .header("X-Gitlab-User-Id", "42")
                                .header("X-Gitlab-Instance-Id", "ea8b")
                                .header("X-Request-ID", name + "-1")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        assertEquals(name + "-1", response.headers().firstValue("X-Request-ID").orElse("none"));

        TrackerPayload event = collector.next();
        assertNotNull(event, "no event was sent within 30 s");
        assertEquals(name, event.get("se_ac"));
        Map<?, ?> context = (Map<?, ?>) event.contexts().list().get(0).data();
        assertEquals("micronaut", context.get("source"));
        assertEquals(42L, ((Number) context.get("user_id")).longValue());
        assertEquals("ea8b", context.get("instance_id"));
        assertEquals(name + "-1", context.get("correlation_id"));
    }
}
