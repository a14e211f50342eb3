package com.example.web;

import dev.internalevents.client.InternalEventsClient;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class Orders {

    private final InternalEventsClient internalEvents;

    Orders(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    @PostMapping("/orders")
    Map<String, String> placeOrder() {
        internalEvents.event("place_order_in_shop").label("card").value(1_250).track();
        return Map.of("order", "placed");
    }
}
