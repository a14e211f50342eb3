package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.PayloadBody;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Provides batches to sending threads: full ones, or those events that are queued once the first of them has lingered,
 * or at once while a caller waits in flush or close. Only one thread at a time takes events, so they leave in order.
 */
final class Batches {

    /** How long a woken sending thread waits, so that it does not compete with the burst that woke it. */
    private static final long COLLECT_NANOS = 5_000_000;

    /** Maximum sleep: an event may have been in the middle of being written when the outbox was checked. */
    private static final long LOOK_AGAIN_NANOS = 250_000_000;

    private final Lifecycle lifecycle;
    private final Outbox outbox;
    private final Accounts accounts;
    private final int batchSize;
    private final int mostTogether;
    private final long lingerNanos;
    private final Wakeup pressure;
    private final Wakeup wakeup = new Wakeup();
    private final ReentrantLock taking = new ReentrantLock();
    private final RequestSize size;

    /** @param pressure woken by the outbox when it becomes half full */
    Batches(EmitterSettings.Batching settings, Lifecycle lifecycle, Outbox outbox, Accounts accounts, Wakeup pressure) {
        this.lifecycle = lifecycle;
        this.outbox = outbox;
        this.accounts = accounts;
        this.pressure = pressure;
        this.batchSize = settings.size();
        this.mostTogether = settings.mostTogether();
        this.lingerNanos = Durations.nanos(settings.linger());
        this.size = new RequestSize(settings.maxRequestBytes());
        lifecycle.onChange(() -> {
            wakeup.wake();
            pressure.wake();
        });
    }

    /**
     * Waits for a batch and moves it into the empty body; returns null if there is none within the time, or if the
     * client has ended.
     *
     * @param max the maximum wait for a first event, in nanoseconds
     */
    Outbox.@Nullable Taken take(PayloadBody body, long max) {
        long begun = System.nanoTime();
        try {
            if (!isTurnWithin(max)) {
                return null;
            }
            boolean wasIdle = false;
            long firstSeen = 0;
            while (!lifecycle.isEnded()) {
                long available = outbox.size();
                if (available == 0) {
                    long left = max - (System.nanoTime() - begun);
                    if (left <= 0 || isOver()) {
                        return null;
                    }
                    wasIdle = true;
                    firstSeen = 0;
                    wakeup.sleep(Math.min(left, LOOK_AGAIN_NANOS), () -> outbox.size() > 0 || lifecycle.isEnded());
                    continue;
                }
                long now = System.nanoTime();
                firstSeen = firstSeen == 0 ? now : firstSeen;
                long waited = now - firstSeen;
                boolean full = available >= batchSize && !(wasIdle && waited < COLLECT_NANOS);
                if (full || waited >= lingerNanos || lifecycle.isHurried() || outbox.isPressing()) {
                    Outbox.Taken taken = outbox.take(body, mostTogether, size.most());
                    if (taken != null) {
                        return taken;
                    }
                    // An event is counted a moment before it is visible, or the queued events could not be encoded.
                    if (System.nanoTime() - begun >= max) {
                        return null;
                    }
                    Thread.onSpinWait();
                } else {
                    pressure.sleep(
                            Math.min(lingerNanos - waited, COLLECT_NANOS),
                            () -> outbox.isPressing() || lifecycle.isHurried());
                }
            }
            return null;
        } finally {
            endTurn();
        }
    }

    /**
     * Gives up the right to take, if the calling thread has it. After an error this is asked, instead of remembered: a
     * page of a mapped file that is gone is reported late, perhaps while the right is taken or given up.
     */
    void endTurn() {
        while (taking.isHeldByCurrentThread()) {
            taking.unlock();
        }
    }

    private boolean isTurnWithin(long nanos) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return taking.tryLock(nanos, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                // The sending thread clears it before it continues.
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether there will be no more batches, and no event in flight that might be returned. */
    boolean isOver() {
        return lifecycle.isEnded() || (lifecycle.isClosing() && accounts.held() == 0);
    }

    /**
     * Moves a full batch into the empty body, if there is one and no other thread is about to take it; otherwise
     * returns null.
     */
    Outbox.@Nullable Taken takeAtOnce(PayloadBody body) {
        // Encoding a single event takes less time than checking for it ahead.
        if (mostTogether == 1 || lifecycle.isEnded() || outbox.size() < batchSize) {
            return null;
        }
        try {
            return taking.tryLock() ? outbox.take(body, mostTogether, size.most()) : null;
        } finally {
            endTurn();
        }
    }

    /** As {@link Outbox#takenInto}. */
    Outbox.@Nullable Taken takenInto(PayloadBody body) {
        return outbox.takenInto(body);
    }

    /** Runs a task while no thread takes events. */
    void whileNobodyTakes(Runnable task) {
        try {
            taking.lock();
            task.run();
        } finally {
            endTurn();
        }
    }

    /**
     * Runs a task while no thread takes events; returns false if another thread takes events for longer than the given
     * nanoseconds.
     */
    boolean whileNobodyTakes(Runnable task, long max) {
        try {
            if (!isTurnWithin(max)) {
                return false;
            }
            task.run();
            return true;
        } finally {
            endTurn();
        }
    }

    /** Returns the limit on the size of requests. */
    RequestSize size() {
        return size;
    }

    /** Wakes a sleeping thread, because there may be events to take. */
    void wake() {
        wakeup.wake();
    }
}
