package dev.internalevents.client;

import dev.internalevents.client.delivery.DropReason;

/**
 * Sees every event before it is taken, on the thread that tracks it; any number of threads at once. It must not block.
 *
 * <p>An event that an interceptor tracks is intercepted in turn, up to 8 levels deep. Of the events that are tracked for
 * such events, 100 are taken for each event of the application; what is beyond either limit is dropped and counted as
 * {@link DropReason#UNREADABLE}.
 *
 * <pre>{@code
 * builder.interceptor(event -> event.name().startsWith("debug_") ? EventInterceptor.DROP : event.properties());
 * }</pre>
 */
@FunctionalInterface
public interface EventInterceptor {

    /**
     * Returned by {@link #intercept} to drop the event silently for the caller: later interceptors and listeners do not
     * see it, it is not sent, and it is counted and logged as {@link DropReason#INTERCEPTED}.
     */
    AdditionalProperties DROP = AdditionalProperties.builder().build();

    /**
     * Returned by {@link #intercept} to drop an event that no definition names: as {@link #DROP}, but counted as {@link
     * DropReason#UNDEFINED} and not logged by the client, because the interceptor knows what to say about it.
     */
    AdditionalProperties DROP_UNDEFINED = AdditionalProperties.builder().build();

    /**
     * Checks, changes or drops an event.
     *
     * @return the additional properties to track it with, most often those that it has; {@link #DROP} or {@link
     *     #DROP_UNDEFINED} to drop it
     * @throws RefusedEventException to keep the event out and let the caller of {@code trackEvent} know; any other
     *     exception is logged, and the event goes on, unchanged unless this is {@link FailClosed}
     */
    AdditionalProperties intercept(EventDetails event);

    /**
     * An interceptor that keeps properties from leaving, such as a check of what may be sent. If it fails, the event goes on
     * without any additional property, instead of with those that it had before.
     *
     * <pre>{@code
     * EventInterceptor.FailClosed check = event -> allowed(event.properties());
     * builder.interceptor(check);
     * }</pre>
     */
    @FunctionalInterface
    interface FailClosed extends EventInterceptor {}
}
