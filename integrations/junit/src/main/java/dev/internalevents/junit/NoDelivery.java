package dev.internalevents.junit;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.spring.InternalEventsClientCustomizer;
import org.springframework.core.Ordered;

/**
 * Keeps the starter's client from sending, whatever the application's settings and customizers say; all else about it stays.
 * Loaded where the starter is, which is optional.
 */
final class NoDelivery implements InternalEventsClientCustomizer, Ordered {

    private final boolean recording;

    NoDelivery(boolean recording) {
        this.recording = recording;
    }

    @Override
    public void customize(InternalEventsClient.Builder builder) {
        builder.delivery(false);
        if (recording) {
            // A client that is switched off tells no listener.
            builder.enabled(true);
        }
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
