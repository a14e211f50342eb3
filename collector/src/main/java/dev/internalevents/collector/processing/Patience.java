package dev.internalevents.collector.processing;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Limits how long processing waits for schema look-ups: 300 ms per request, because nearly every registry responds
 * within that time, and a fifth of the time overall (1 s in every 5 s), because schema names are untrusted input. Safe
 * for use by several threads.
 */
final class Patience {

    private static final long PER_REQUEST_NANOS = 300_000_000L;
    private static final long PERIOD_NANOS = 5_000_000_000L;
    private static final long PER_PERIOD_NANOS = 1_000_000_000L;

    private long period = System.nanoTime();
    private long left = PER_PERIOD_NANOS;

    /** Blocks until all look-ups have ended or the time is up; returns whether any has ended. */
    boolean await(Collection<CompletableFuture<Void>> settled) throws InterruptedException {
        long nanos = take();
        long begun = System.nanoTime();
        try {
            CompletableFuture.allOf(settled.toArray(new CompletableFuture<?>[0]))
                    .get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return settled.stream().anyMatch(CompletableFuture::isDone);
        } finally {
            giveBack(nanos - (System.nanoTime() - begun));
        }
        return true;
    }

    private synchronized long take() {
        long now = System.nanoTime();
        if (now - period > PERIOD_NANOS) {
            period = now;
            left = PER_PERIOD_NANOS;
        }
        long nanos = Math.max(0, Math.min(left, PER_REQUEST_NANOS));
        left -= nanos;
        return nanos;
    }

    private synchronized void giveBack(long nanos) {
        left += Math.max(0, nanos);
    }
}
