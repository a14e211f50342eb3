package dev.internalevents.store;

/**
 * The store refused what it was given, for what it is: the same store may take something else. Any other {@link
 * StoreException} says that the store, or its disk, is in trouble whatever it is given.
 */
public final class RefusedException extends StoreException {

    private static final long serialVersionUID = 1;

    private final boolean forMemory;

    /** @param forMemory whether memory was short, which others may have taken for a while */
    public RefusedException(String message, Throwable cause, boolean forMemory) {
        super(message, cause);
        this.forMemory = forMemory;
    }

    /** Whether memory was short, so that the same may be taken later. */
    public boolean isForMemory() {
        return forMemory;
    }
}
