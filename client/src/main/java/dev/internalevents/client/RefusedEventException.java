package dev.internalevents.client;

/** An {@link EventInterceptor} keeps an event out, so that whoever tracks it learns why; meant for development and tests. */
public class RefusedEventException extends RuntimeException {

    public RefusedEventException(String message) {
        super(message);
    }
}
