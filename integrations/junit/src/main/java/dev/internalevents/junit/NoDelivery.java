package dev.internalevents.junit;

import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.spring.InternalEventsClientCustomizer;
import org.springframework.core.Ordered;

/**
 * Keeps the starter's client from sending, whatever the application's settings and customizers say; changes nothing
 * else. Loaded only if the starter, which is optional, is present.
 */
final class NoDelivery implements InternalEventsClientCustomizer, Ordered {

    private final boolean recording;

    NoDelivery(boolean recording) {
        this.recording = recording;
    }

    @Override
    public void customize(InternalEventsClientBuilder builder) {
        builder.delivery(false);
        if (recording) {
            // A disabled client does not call listeners.
            builder.enabled(true);
        }
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
