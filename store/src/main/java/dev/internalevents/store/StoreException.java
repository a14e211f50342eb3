package dev.internalevents.store;

/** Thrown when a store operation fails. The message names the cause and what to do. */
public class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
