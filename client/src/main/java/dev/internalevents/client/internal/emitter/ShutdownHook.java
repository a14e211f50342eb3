package dev.internalevents.client.internal.emitter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task that runs when the JVM shuts down, unless it was removed before. */
public final class ShutdownHook {

    private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);

    private final Thread thread;

    private ShutdownHook(Thread thread) {
        this.thread = thread;
    }

    /**
     * Adds a hook; one that is added while the JVM shuts down does not run.
     *
     * @param name the name of its thread
     */
    public static ShutdownHook add(String name, Runnable task) {
        // Do not inherit thread locals; they would keep the creator's values alive.
        Thread thread = new Thread(null, task, name, 0, false);
        try {
            Runtime.getRuntime().addShutdownHook(thread);
        } catch (IllegalStateException e) {
            LOG.trace("the JVM is shutting down", e);
        }
        return new ShutdownHook(thread);
    }

    /** Removes the hook; does nothing if it was removed before, or while the JVM shuts down. */
    public void remove() {
        try {
            boolean removed = Runtime.getRuntime().removeShutdownHook(thread);
            LOG.trace("shutdown hook removed: {}", removed);
        } catch (IllegalStateException e) {
            LOG.trace("the JVM is shutting down", e);
        }
    }
}
