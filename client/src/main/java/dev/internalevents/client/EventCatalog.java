package dev.internalevents.client;

/**
 * Looks up by event name what the definitions specify. A client queries each of its {@link EventInterceptor}s that also
 * implements this interface, on the thread that tracks; calls may be concurrent. Implementations must not block. An
 * exception is logged and counts as false.
 */
public interface EventCatalog {

    /**
     * Returns whether the event is about AI features: {@code classification: duo} in its definition. Such an event is
     * sent with an {@code ai_context}, and also while {@link InternalEventsClientBuilder#productUsageData product usage
     * data} is switched off.
     */
    boolean isAboutAi(String eventName);

    /** Returns whether a metric counts the event; see {@link InternalEventsClientBuilder#servicePingContext}. */
    boolean feedsMetric(String eventName);
}
