package dev.internalevents.store;

/** An event sink cannot be read or written; the message says what to do. */
public final class SinkException extends RuntimeException {

    public SinkException(String message) {
        super(message);
    }

    public SinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
