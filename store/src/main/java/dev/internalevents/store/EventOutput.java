package dev.internalevents.store;

/** A destination for processed events in addition to the store. */
public interface EventOutput extends AutoCloseable {

    /** Receives an event once it is in the store. Called by one thread, in order. Must not throw. */
    void event(StoredEvent event);

    @Override
    default void close() {}
}
