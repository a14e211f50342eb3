package dev.internalevents.client.internal.emitter;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread sleep until there is something to do. Waking costs an unpark only if the thread sleeps; otherwise one
 * volatile read.
 */
final class Wakeup {

    private final AtomicReference<@Nullable Thread> sleeper = new AtomicReference<>();

    /** Ends the sleep, if there is one. */
    void wake() {
        if (sleeper.get() != null) {
            Thread thread = sleeper.getAndSet(null);
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    /** Checked before parking; if it is met, the thread does not sleep. */
    interface Condition {
        boolean isMet();
    }

    /**
     * Sleeps until it is woken or the time has expired, unless the condition is met. The condition is checked after
     * other threads can already wake this one, so that no wake-up is lost.
     */
    void sleep(long nanos, Condition needless) {
        sleeper.set(Thread.currentThread());
        if (!needless.isMet()) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper.set(null);
        // Interrupts do not stop a sending thread, and a pending one would end every later sleep at once.
        boolean ignored = Thread.interrupted();
    }
}
