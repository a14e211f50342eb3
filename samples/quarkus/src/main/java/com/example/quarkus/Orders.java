package com.example.quarkus;

import dev.internalevents.client.InternalEventsClient;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

@Tracked
@Path("/orders")
public class Orders {

    private final InternalEventsClient internalEvents;

    public Orders(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    @POST
    public String placeOrder() {
        internalEvents.event("place_order").label("card").value(1_250).track();
        return "placed";
    }

    /** Tracks on another thread; {@link EventTracking} takes the context along. */
    @POST
    @Path("/receipt")
    public Uni<String> sendReceipt() {
        return Uni.createFrom()
                .item("sent")
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .invoke(() -> internalEvents.trackEvent("send_receipt"));
    }
}
