package dev.internalevents.store;

/** Somewhere processed events go besides the store. */
public interface EventOutput extends AutoCloseable {

    /** Takes an event that is in the store now; called by one thread, in order. Must not throw. */
    void event(StoredEvent event);

    @Override
    default void close() {}
}
