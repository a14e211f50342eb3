package dev.internalevents.collector.processing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Tracks how many senders wait for a response, and slows processing down while there are many, because processing can
 * be done later and responses cannot. Safe for use by any number of threads.
 */
public final class IntakeLoad {

    /** With this many senders waiting, the processors are the bottleneck; fewer only wait for the disk. */
    private static final int MANY = 16;

    /** Length of a rest as a multiple of the work before it: processing gets a twentieth of the time. */
    private static final int REST = 19;

    /** Load comes in waves, one with each write to the disk. */
    private static final long WAVE_NANOS = 20_000_000;

    private static final long LOOK_NANOS = 5_000_000;
    private static final long LONGEST_REST_NANOS = 3_000_000_000L;

    private final AtomicInteger waiting = new AtomicInteger();
    private volatile long lastHigh = System.nanoTime() - WAVE_NANOS;

    /** Records that a sender waits for a response. */
    public void begin() {
        if (waiting.incrementAndGet() >= MANY) {
            lastHigh = System.nanoTime();
        }
    }

    /** Records that a sender has its response. */
    public void end() {
        waiting.decrementAndGet();
    }

    boolean isHigh() {
        return System.nanoTime() - lastHigh < WAVE_NANOS;
    }

    /**
     * Blocks while many senders wait, up to 19 times as long as the work took, and up to 3 s. Called by processing
     * threads.
     */
    void restAfter(long workedNanos) {
        long until = System.nanoTime() + Math.min(LONGEST_REST_NANOS, REST * workedNanos);
        while (isHigh() && !Thread.currentThread().isInterrupted()) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(LOOK_NANOS, left));
        }
    }
}
