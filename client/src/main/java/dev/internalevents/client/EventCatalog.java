package dev.internalevents.client;

/**
 * What definitions say about events, by their names. A client asks each of its {@link EventInterceptor}s that is one too, on
 * the thread that tracks; any number of threads at once. It must not block. If it throws, that is logged, and the answer
 * counts as no.
 */
public interface EventCatalog {

    /**
     * Whether the event is about AI features: {@code classification: duo} in its definition. It is sent with an {@code
     * ai_context}, and also while {@link InternalEventsClient.Builder#productUsageData product usage data} is switched off.
     */
    boolean isAboutAi(String eventName);

    /** Whether a metric counts the event; see {@link InternalEventsClient.Builder#servicePingContext}. */
    boolean feedsMetric(String eventName);
}
