package com.example.quarkus;

import dev.internalevents.client.RequestTracking;
import jakarta.enterprise.context.RequestScoped;

/** The tracking of the request, on whichever thread Quarkus serves it. */
@RequestScoped
public class CurrentRequest {

    private RequestTracking tracking;

    /** Returns null if the request was rejected before the filter. */
    RequestTracking get() {
        return tracking;
    }

    void set(RequestTracking tracking) {
        this.tracking = tracking;
    }
}
