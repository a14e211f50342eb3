package com.example.web;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.junit.InternalEventsTest;
import dev.internalevents.junit.RecordedEvents;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/**
 * Checks what an order tracks, with the application's own client; nothing is sent to the collector that the settings
 * name.
 */
@SpringBootTest(
        properties = {"internal-events.enabled=true", "internal-events.endpoint=http://collector.example.com"})
@AutoConfigureMockMvc
@InternalEventsTest
class TrackedOrdersTest {

    @Autowired
    private MockMvcTester mvc;

    @Test
    void an_order_is_tracked_with_the_requests_context(RecordedEvents events, InternalEventsClient client) {
        assertThatCode(() -> assertThat(mvc.post().uri("/orders").header("X-Gitlab-Realm", "saas"))
                        .hasStatusOk())
                .triggersInternalEvent("place_order_in_shop")
                .withAdditionalProperty("label", "card")
                .once();

        assertThat(events.all().get(0).context().realm()).isEqualTo("saas");
        assertThat(client.endpoint()).as("nothing is sent").isNull();
    }
}
