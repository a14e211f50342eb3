package dev.internalevents.client;

/**
 * Is told of every event that was tracked, on the thread that tracked it, whatever becomes of it afterwards; any number
 * of threads at once. It must not block; what it throws is logged.
 */
@FunctionalInterface
public interface EventListener {

    void tracked(EventDetails event);
}
