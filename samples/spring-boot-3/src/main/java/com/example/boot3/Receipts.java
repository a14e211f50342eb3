package com.example.boot3;

import dev.internalevents.client.InternalEventsClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Service;

@Service
class Receipts {

    private final InternalEventsClient internalEvents;

    Receipts(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    /** Runs on another thread; in Web MVC the event has the context of the request. */
    @Async
    void send() {
        internalEvents.event("send_receipt_in_shop").track();
    }
}
