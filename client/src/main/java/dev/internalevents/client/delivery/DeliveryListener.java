package dev.internalevents.client.delivery;

import java.util.List;

/**
 * Receives deliveries, failed requests and drops. Called by the client's own threads, {@link #onDropped} also by
 * threads that track. A slow listener delays the next request. Exceptions are logged and have no other effect. A
 * listener may call the client: {@code flush} returns at once, and {@code close} returns at once and closes on another
 * thread. A listener is not called for what it causes itself while it is running, so a listener that tracks an event
 * for each drop is called once for each dropped event.
 */
public interface DeliveryListener {

    /** A listener that does nothing. */
    DeliveryListener NONE = new DeliveryListener() {};

    /** Called when the collector has accepted these events. */
    default void onDelivered(List<SentEvent> events) {}

    /**
     * Called when a request failed and its events are retried; they stay queued.
     *
     * @param reason the collector's response, or why there is none
     */
    default void onRetried(List<SentEvent> events, String reason) {}

    /**
     * Called when these events are not retried any more, because of the collector's response: they are rejected, or set
     * aside for inspection.
     *
     * @param reason the collector's response and, if the events are set aside, where
     */
    default void onRejected(List<SentEvent> events, String reason) {}

    /** Called when the client has dropped an event. */
    default void onDropped(String eventName, DropReason reason) {}
}
