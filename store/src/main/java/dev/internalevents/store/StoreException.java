package dev.internalevents.store;

/** The store cannot do what it was asked for; says what is wrong and what to do. */
public class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
