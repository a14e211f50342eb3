package dev.internalevents.client;

/**
 * Receives every event that was tracked, on the thread that tracked it, regardless of whether it is delivered later.
 * Calls may be concurrent. It must not block; exceptions are logged.
 */
@FunctionalInterface
public interface EventListener {

    void tracked(EventDetails event);
}
