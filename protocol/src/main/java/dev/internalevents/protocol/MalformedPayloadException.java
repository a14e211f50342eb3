package dev.internalevents.protocol;

/**
 * Thrown for received data that does not follow the protocol; the message says what is wrong, where, and what was
 * expected.
 */
public final class MalformedPayloadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedPayloadException(String message) {
        super(message);
    }

    MalformedPayloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
