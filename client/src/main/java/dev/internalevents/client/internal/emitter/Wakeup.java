package dev.internalevents.client.internal.emitter;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread sleep until there is something to do. Who wakes it pays for that once a sleep, and else reads one
 * field.
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

    /** What makes a sleep needless. */
    interface Condition {
        boolean isMet();
    }

    /** Sleeps until it is woken or the time is up, unless the condition is met when everybody can wake it already. */
    void sleep(long nanos, Condition needless) {
        sleeper.set(Thread.currentThread());
        if (!needless.isMet()) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper.set(null);
        // An interrupt is nobody's way to stop a sending thread, and would make every later sleep end at once.
        boolean ignored = Thread.interrupted();
    }
}
