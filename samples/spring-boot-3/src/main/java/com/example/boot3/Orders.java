package com.example.boot3;

import dev.internalevents.client.InternalEventsClient;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class Orders {

    private final InternalEventsClient internalEvents;
    private final Receipts receipts;

    Orders(InternalEventsClient internalEvents, Receipts receipts) {
        this.internalEvents = internalEvents;
        this.receipts = receipts;
    }

    @PostMapping("/orders")
    Map<String, String> placeOrder() {
        internalEvents.event("place_order_in_shop").label("card").value(1_250).track();
        receipts.send();
        return Map.of("order", "placed");
    }
}
