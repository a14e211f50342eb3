package dev.internalevents.collector.processing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How many senders wait for their answer, and what processing does about it: it rests most of its time while they are
 * many, because what it does can be done later and what they wait for cannot. Safe for use by any number of threads.
 */
public final class IntakeLoad {

    /** That many wait when the processors are the narrow place; fewer are on their way to the disk anyway. */
    private static final int MANY = 16;

    /** A rest is so many times as long as the work before it: a twentieth of the processors is left to processing. */
    private static final int REST = 19;

    /** It comes in waves, one with each write to the disk. */
    private static final long WAVE_NANOS = 20_000_000;

    private static final long LOOK_NANOS = 5_000_000;
    private static final long LONGEST_REST_NANOS = 3_000_000_000L;

    private final AtomicInteger waiting = new AtomicInteger();
    private volatile long lastHigh = System.nanoTime() - WAVE_NANOS;

    /** A sender waits. */
    public void begin() {
        if (waiting.incrementAndGet() >= MANY) {
            lastHigh = System.nanoTime();
        }
    }

    /** One is answered. */
    public void end() {
        waiting.decrementAndGet();
    }

    boolean isHigh() {
        return System.nanoTime() - lastHigh < WAVE_NANOS;
    }

    /** Blocks for a while if many wait; for the threads that process. */
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
