package dev.internalevents.client.delivery;

import java.util.List;

/**
 * Is told what becomes of events. Called by the client's own threads, {@link #onDropped} also by those that track; what
 * takes long here delays the next request. Whatever it throws is logged and changes nothing. It may call the client: {@code
 * flush} answers at once, {@code close} returns at once and closes on another thread, and a listener is not told of what it
 * does itself while it is being told, so that one that tracks what was dropped is called once an event.
 */
public interface DeliveryListener {

    /** A listener that does nothing. */
    DeliveryListener NONE = new DeliveryListener() {};

    /** The collector took these. */
    default void onDelivered(List<SentEvent> events) {}

    /**
     * The collector did not take these.
     *
     * @param reason what it answered, or why there is no answer
     * @param sentAgain whether they are kept and sent again
     */
    default void onFailed(List<SentEvent> events, String reason, boolean sentAgain) {}

    /** The client gave an event up. */
    default void onDropped(String eventName, DropReason reason) {}
}
