package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives sending threads their batches: full ones, or as many events as there are once the first of them has lingered, or
 * at once while somebody waits for the end. One thread at a time takes, so events leave in order.
 */
final class Batches {

    /** A sending thread that was woken waits this long, so that it does not run beside the burst that woke it. */
    private static final long COLLECT_NANOS = 5_000_000;

    /** A sleeper wakes by itself too: for an event that was being written when the outbox was looked at. */
    private static final long LOOK_AGAIN_NANOS = 250_000_000;

    private final Outbox outbox;
    private final Accounts accounts;
    private final int batchSize;
    private final int mostTogether;
    private final long lingerNanos;
    private final Wakeup pressure;
    private final Wakeup wakeup = new Wakeup();
    private final ReentrantLock taking = new ReentrantLock();
    private final AtomicInteger hurries = new AtomicInteger();
    private final RequestSize size;
    private volatile boolean closing;
    private volatile boolean ended;

    /** @param pressure is woken by the outbox when it becomes half full */
    Batches(EmitterSettings settings, Outbox outbox, Accounts accounts, Wakeup pressure) {
        this.outbox = outbox;
        this.accounts = accounts;
        this.pressure = pressure;
        this.batchSize = settings.batchSize();
        this.mostTogether = settings.mostTogether();
        this.lingerNanos = Durations.nanos(settings.linger());
        this.size = new RequestSize(settings.maxRequestBytes());
    }

    /**
     * Waits for a batch and moves it into the empty body; null when there is none within the time, and at the end.
     *
     * @param most how long it waits for a first event
     */
    Outbox.@Nullable Taken take(PayloadBody body, long most) {
        long begun = System.nanoTime();
        if (!isTurnWithin(most)) {
            return null;
        }
        try {
            boolean wasIdle = false;
            long firstSeen = 0;
            while (!ended) {
                long available = outbox.size();
                if (available == 0) {
                    long left = most - (System.nanoTime() - begun);
                    if (left <= 0 || isOver()) {
                        return null;
                    }
                    wasIdle = true;
                    firstSeen = 0;
                    wakeup.sleep(Math.min(left, LOOK_AGAIN_NANOS), () -> outbox.size() > 0 || ended);
                    continue;
                }
                long now = System.nanoTime();
                firstSeen = firstSeen == 0 ? now : firstSeen;
                long waited = now - firstSeen;
                boolean full = available >= batchSize && !(wasIdle && waited < COLLECT_NANOS);
                if (full || waited >= lingerNanos || isHurried() || outbox.isPressing()) {
                    Outbox.Taken taken = outbox.take(body, mostTogether, size.most());
                    if (taken != null) {
                        return taken;
                    }
                    // An event is counted a moment before it is there, or the ones there could not be encoded.
                    if (System.nanoTime() - begun >= most) {
                        return null;
                    }
                    Thread.onSpinWait();
                } else {
                    pressure.sleep(
                            Math.min(lingerNanos - waited, COLLECT_NANOS), () -> outbox.isPressing() || isHurried());
                }
            }
            return null;
        } finally {
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
                // A sending thread clears it before it goes on.
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether there is no batch any more, and nothing under way that might come back. */
    boolean isOver() {
        return ended || (closing && accounts.held() == 0);
    }

    /** Moves a batch into the empty body if there is a full one, and nobody else is about to take it; else null. */
    Outbox.@Nullable Taken takeAtOnce(PayloadBody body) {
        // A single event is encoded in less time than it takes to ask for it.
        if (mostTogether == 1 || ended || outbox.size() < batchSize || !taking.tryLock()) {
            return null;
        }
        try {
            return outbox.take(body, mostTogether, size.most());
        } finally {
            taking.unlock();
        }
    }

    /** Runs a task while nobody takes. */
    void whileNobodyTakes(Runnable task) {
        taking.lock();
        try {
            task.run();
        } finally {
            taking.unlock();
        }
    }

    /** Runs a task while nobody takes; false when somebody takes for longer than may be waited. */
    boolean whileNobodyTakes(Runnable task, long most) {
        if (!isTurnWithin(most)) {
            return false;
        }
        try {
            task.run();
            return true;
        } finally {
            taking.unlock();
        }
    }

    /** How large a request may be. */
    RequestSize size() {
        return size;
    }

    /** There may be something to take. */
    void wake() {
        wakeup.wake();
    }

    /** From now until {@link #relax}, no batch waits to become full. */
    void hurry() {
        hurries.incrementAndGet();
        wakeup.wake();
        pressure.wake();
    }

    void relax() {
        hurries.decrementAndGet();
    }

    /** No batch waits any more, and there is none once nothing is held. */
    void closing() {
        closing = true;
    }

    /** There is no batch any more. */
    void end() {
        ended = true;
        wakeup.wake();
        pressure.wake();
    }

    boolean isHurried() {
        return closing || hurries.get() > 0;
    }
}
