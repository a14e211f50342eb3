package com.example.micronaut;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.InternalEventSettings;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** Makes the client for the whole application, with the settings {@code AIGW_INTERNAL_EVENT__…}. */
@Factory
final class InternalEvents {

    @Singleton
    InternalEventSettings settings() {
        return InternalEventSettings.fromEnvironment("AIGW");
    }

    // No shutdown hook: Micronaut closes the client after the last request.
    @Singleton
    @Bean(preDestroy = "close")
    InternalEventsClient client(InternalEventSettings settings) {
        return InternalEventsClient.builder(settings).shutdownHook(false).build();
    }
}
