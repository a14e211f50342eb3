package com.example.boot3;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.junit.InternalEventsTest;
import dev.internalevents.junit.RecordedEvents;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** Checks what an order tracks, in a test slice; nothing is sent. */
@WebMvcTest(Orders.class)
@Import(Receipts.class)
@InternalEventsTest
class TrackedOrdersTest {

    @Autowired
    private MockMvcTester mvc;

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
