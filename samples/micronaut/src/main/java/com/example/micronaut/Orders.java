package com.example.micronaut;

import dev.internalevents.client.InternalEventsClient;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.inject.Named;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

@Controller("/orders")
final class Orders {

    private final InternalEventsClient internalEvents;
    private final ExecutorService threads;

    Orders(InternalEventsClient internalEvents, @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
        this.internalEvents = internalEvents;
        this.threads = threads;
    }

    @Post
    @ExecuteOn(TaskExecutors.BLOCKING)
    String placeOrder() {
        internalEvents.event("place_order").label("card").value(1_250).track();
        return "placed";
    }

    /** Tracks on another thread; Micronaut's executors take the context along. */
    @Post("/receipt")
    CompletionStage<String> sendReceipt() {
        return CompletableFuture.supplyAsync(
                () -> {
                    internalEvents.trackEvent("send_receipt");
                    return "sent";
                },
                threads);
    }
}
