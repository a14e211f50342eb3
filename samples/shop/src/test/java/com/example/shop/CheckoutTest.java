package com.example.shop;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.junit.InternalEventsTest;
import org.junit.jupiter.api.Test;

@InternalEventsTest
class CheckoutTest {

    @Test
    void an_order_is_tracked_and_counted(InternalEventsClient internalEvents) {
        Checkout checkout = new Checkout(internalEvents);

        assertThatCode(() -> checkout.placeOrder(42, "card", 1_250))
                .triggersInternalEvent("place_order")
                .withUser(42)
                .withAdditionalProperty("label", "card")
                .once()
                .andIncrementsMetric("counts.sum_value_from_place_order")
                .by(1_250);
    }
}
