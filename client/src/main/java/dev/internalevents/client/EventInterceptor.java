package dev.internalevents.client;

import dev.internalevents.client.delivery.DropReason;

/**
 * Sees every event before the client accepts it, on the thread that tracks it; calls may be concurrent. It must not
 * block.
 *
 * <p>An event that an interceptor tracks is intercepted in turn, up to 8 levels deep. Of the events tracked while such
 * events are handled, 100 are accepted for each event of the application. Events beyond either limit are dropped and
 * counted as {@link DropReason#UNREADABLE}.
 *
 * <pre>{@code
 * builder.interceptor(event -> event.name().startsWith("debug_") ? EventInterceptor.DROP : event.properties());
 * }</pre>
 */
@FunctionalInterface
public interface EventInterceptor {

    /**
     * Returned by {@link #intercept} to drop the event without an error for the caller: later interceptors and
     * listeners do not see it, it is not sent, and it is counted and logged as {@link DropReason#INTERCEPTED}.
     */
    AdditionalProperties DROP = AdditionalProperties.builder().build();

    /**
     * Returned by {@link #intercept} to drop an event that has no definition: like {@link #DROP}, but counted as
     * {@link DropReason#UNDEFINED} and not logged by the client, because the interceptor logs the details.
     */
    AdditionalProperties DROP_UNDEFINED = AdditionalProperties.builder().build();

    /**
     * Checks, changes or drops an event.
     *
     * @return the additional properties to track the event with, most often unchanged; {@link #DROP} or
     *     {@link #DROP_UNDEFINED} to drop it
     * @throws RefusedEventException to reject the event and report it to the caller of {@code trackEvent}. Any other
     *     exception is logged and the event goes on, unchanged unless this is {@link FailClosed}
     */
    AdditionalProperties intercept(EventDetails event);

    /**
     * An interceptor that prevents properties from being sent, such as a check of permitted values. If it fails, the
     * event goes on without any additional properties, instead of with the ones it had before.
     *
     * <pre>{@code
     * EventInterceptor.FailClosed check = event -> allowed(event.properties());
     * builder.interceptor(check);
     * }</pre>
     */
    @FunctionalInterface
    interface FailClosed extends EventInterceptor {}
}
