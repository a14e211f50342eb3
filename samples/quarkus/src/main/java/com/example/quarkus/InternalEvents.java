package com.example.quarkus;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.InternalEventSettings;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Produces the client for the whole application, with the settings {@code AIGW_INTERNAL_EVENT__…}. */
public class InternalEvents {

    @Produces
    @Singleton
    InternalEventSettings settings() {
        return InternalEventSettings.fromEnvironment("AIGW");
    }

    // No shutdown hook: Quarkus closes the client after the last request.
    @Produces
    @Singleton
    InternalEventsClient client(InternalEventSettings settings) {
        return InternalEventsClient.builder(settings).shutdownHook(false).build();
    }

    void close(@Disposes InternalEventsClient internalEvents) {
        internalEvents.close();
    }
}
