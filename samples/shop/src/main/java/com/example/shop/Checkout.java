package com.example.shop;

import com.example.shop.events.PlaceOrder;
import dev.internalevents.client.InternalEventsClient;

/** Accepts orders. */
public final class Checkout {

    private final InternalEventsClient internalEvents;

    public Checkout(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    public void placeOrder(long customer, String payment, long cents) {
        // Without the customer, or with a String for the cents, this does not compile.
        PlaceOrder.user(customer).label(payment).value(cents).track(internalEvents);
    }
}
