package dev.internalevents.client;

/**
 * Thrown by an {@link EventInterceptor} to refuse an event and tell the caller of {@code trackEvent} why; meant for
 * development and tests.
 */
public class RefusedEventException extends RuntimeException {

    public RefusedEventException(String message) {
        super(message);
    }
}
