package com.example.jaxrs;

import dev.internalevents.client.InternalEventsClient;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

@Path("/orders")
public final class Orders {

    private final InternalEventsClient internalEvents;

    public Orders(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    @POST
    public void placeOrder() {
        internalEvents.event("place_order").label("card").value(1_250).track();
    }
}
