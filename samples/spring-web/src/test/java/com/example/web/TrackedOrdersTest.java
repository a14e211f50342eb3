package com.example.web;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.junit.InternalEventsTest;
import dev.internalevents.junit.RecordedEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/**
 * Checks what an order tracks, with the application's own client; nothing is sent to the collector that the settings
 * name.
 */
@SpringBootTest
@AutoConfigureMockMvc
@InternalEventsTest
class TrackedOrdersTest {

    private static final AtomicInteger REQUESTS = new AtomicInteger();
    private static final HttpServer COLLECTOR = collector();

    @Autowired
    private MockMvcTester mvc;

    private static HttpServer collector() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                REQUESTS.incrementAndGet();
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("internal-events.enabled", () -> "true");
        registry.add(
                "internal-events.endpoint",
                () -> "http://127.0.0.1:" + COLLECTOR.getAddress().getPort());
    }

    @AfterAll
    static void nothing_was_sent() {
        COLLECTOR.stop(0);
        assertThat(REQUESTS).hasValue(0);
    }

    @Test
    void an_order_is_tracked_with_the_requests_context(RecordedEvents events) {
        assertThatCode(() -> assertThat(mvc.post().uri("/orders").header("X-Gitlab-Realm", "saas"))
                        .hasStatusOk())
                .triggersInternalEvent("place_order_in_shop")
                .withAdditionalProperty("label", "card")
                .once();

        assertThat(events.all().get(0).context().realm()).isEqualTo("saas");
    }
}
