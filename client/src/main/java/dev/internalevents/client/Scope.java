package dev.internalevents.client;

/**
 * The period during which a tracking is current on the thread that opened the scope; it ends when the scope is closed.
 * Use it with try-with-resources.
 */
public interface Scope extends AutoCloseable {

    /**
     * Restores the tracking that was current before, and closes the scopes opened since on this thread. A second call,
     * a call after an outer scope was closed, and a call on another thread do nothing.
     */
    @Override
    void close();
}
