package dev.internalevents.spool;

import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a thread. An interrupt does not end the wait; the caller's interrupt status is restored
 * afterwards.
 */
public final class EndOfThread {

    private EndOfThread() {}

    /** Blocks until the thread has ended; returns at once if it is null or was not started. */
    public static void await(@Nullable Thread thread) {
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        restore(interrupted);
    }

    /**
     * Blocks until the thread has ended or the time has come; returns whether it has ended.
     *
     * @param deadline a {@link System#nanoTime()}
     */
    public static boolean awaitUntil(Thread thread, long deadline) {
        boolean interrupted = false;
        for (long left = deadline - System.nanoTime();
                thread.isAlive() && left > 0;
                left = deadline - System.nanoTime()) {
            try {
                thread.join(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        restore(interrupted);
        return !thread.isAlive();
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
