package com.example.webflux;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.junit.InternalEventsTest;
import dev.internalevents.junit.RecordedEvents;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * Checks what recommendations track, with the application's own client; nothing is sent to the collector that the
 * settings name.
 */
@SpringBootTest(
        properties = {"internal-events.enabled=true", "internal-events.endpoint=http://collector.example.com"})
@AutoConfigureWebTestClient
@InternalEventsTest
class TrackedRecommendationsTest {

    @Autowired
    private WebTestClient web;

    @Test
    void recommendations_are_tracked_with_the_requests_context(RecordedEvents events, InternalEventsClient client) {
        assertThatCode(() -> web.get()
                        .uri("/recommendations")
                        .header("X-Gitlab-Realm", "saas")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .within(Duration.ofSeconds(10))
                .triggersInternalEvent("view_recommendations_in_shop")
                .once();

        assertThat(events.all().get(0).context().realm()).isEqualTo("saas");
        assertThat(client.endpoint()).as("nothing is sent").isNull();
    }
}
