package dev.internalevents.client.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How far a client is between its start and its end, the same for all of its parts: open, closing, ended. Until it has
 * ended it may be hurried: while a caller waits for events to be sent, no part waits for more events, or longer than it
 * must. Safe for use by several threads.
 */
public final class Lifecycle {

    private enum Phase {
        OPEN,
        CLOSING,
        ENDED
    }

    private final AtomicInteger hurries = new AtomicInteger();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Phase phase = Phase.OPEN;

    /** Calls the listener at each {@link #hurry} and at the end, so that waits that these shorten are checked again. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    // Phases

    /**
     * No more events are accepted; those that are queued are sent. Returns false if the client was closing or ended
     * before.
     */
    public synchronized boolean close() {
        if (phase != Phase.OPEN) {
            return false;
        }
        phase = Phase.CLOSING;
        return true;
    }

    /** Nothing more is sent, and all waits end. */
    public void end() {
        synchronized (this) {
            phase = Phase.ENDED;
        }
        changed();
    }

    /** Returns whether no more events are accepted; also true after the end. */
    public boolean isClosing() {
        return phase != Phase.OPEN;
    }

    public boolean isEnded() {
        return phase == Phase.ENDED;
    }

    // Hurry

    /** Shortens all waits until {@link #relax}; calls may be nested. */
    public void hurry() {
        hurries.incrementAndGet();
        changed();
    }

    public void relax() {
        hurries.decrementAndGet();
    }

    /** Returns whether a caller waits, or the client is closing. */
    public boolean isHurried() {
        return phase != Phase.OPEN || hurries.get() > 0;
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }
}
