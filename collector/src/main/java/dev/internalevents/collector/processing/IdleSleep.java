package dev.internalevents.collector.processing;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets the processing thread sleep while it has nothing to do. Any thread may wake it. */
final class IdleSleep {

    private volatile @Nullable Thread thread;
    private volatile boolean asleep;

    /** Sets the thread that sleeps. */
    void of(Thread processing) {
        thread = processing;
    }

    /** Wakes the thread if it is asleep; costs one volatile read otherwise. For the intake. */
    void wakeIfAsleep() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    /** Wakes the thread, or keeps it from sleeping next time. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /**
     * Sleeps, unless something has happened meanwhile. Called by the processing thread.
     *
     * @param idle returns whether there is still nothing to do; called once others can see that the thread is about to
     *     sleep
     */
    void sleep(long nanos, BooleanSupplier idle) {
        asleep = true;
        try {
            if (idle.getAsBoolean()) {
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            asleep = false;
        }
    }
}
