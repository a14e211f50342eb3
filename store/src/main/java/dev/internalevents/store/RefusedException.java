package dev.internalevents.store;

/**
 * Thrown when the store rejects particular data; it may accept other data. Any other {@link StoreException} means that
 * the store or its disk has a problem that does not depend on the data.
 */
public final class RefusedException extends StoreException {

    private static final long serialVersionUID = 1;

    private final boolean forMemory;

    /** @param forMemory whether memory was short, possibly only for a while because other work was using it */
    public RefusedException(String message, Throwable cause, boolean forMemory) {
        super(message, cause);
        this.forMemory = forMemory;
    }

    /** Returns whether memory was short, so that the same data may be accepted later. */
    public boolean isForMemory() {
        return forMemory;
    }
}
