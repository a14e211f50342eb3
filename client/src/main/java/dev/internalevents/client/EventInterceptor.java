package dev.internalevents.client;

/**
 * Sees every event before it is taken, on the thread that tracks it; any number of threads at once. It must not block.
 */
@FunctionalInterface
public interface EventInterceptor {

    /**
     * Checks or changes an event.
     *
     * @return the additional properties to track it with, most often those that it has
     * @throws RefusedEventException to keep the event out and let the caller of {@code trackEvent} know; any other
     *     exception is logged, and the event goes on
     */
    AdditionalProperties intercept(EventDetails event);
}
