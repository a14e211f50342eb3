package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides whether requests may be sent to one endpoint. While the collector accepts requests, all may be sent. After a
 * failure, none may be sent until a wait is over; then a single one is sent, and its outcome decides. The waits grow
 * with the number of rounds, not with the number of requests that failed in one round. Safe for use by several threads;
 * {@link Endpoints} chooses among the circuits of a client under the lock that they share.
 */
final class Circuit {

    /** Maximum wait between tries while a caller waits in flush or close. */
    private static final long HURRIED_MILLIS = 100;

    /** More than the number of times that a large batch can be halved. */
    private static final int MOST_PARDONED = 16;

    private static final long MOST_WAIT_MILLIS = Long.MAX_VALUE / 4_000_000;

    private final BackOff backOff;
    private final Lifecycle lifecycle;
    private final ReentrantLock lock;
    private final Condition changed;
    private long round;
    private int failedRounds;
    private boolean probing;
    private long openedAt;
    private long waitNanos;
    private boolean isPauseAsked;
    private boolean isHurryRefused;
    private int pardoned;
    private boolean hasDelivered;

    /**
     * Creates a closed circuit.
     *
     * @param lock guards the circuits of a client
     * @param changed of the lock; signalled when a request may be sent sooner than it seemed
     */
    Circuit(BackOff backOff, Lifecycle lifecycle, ReentrantLock lock, Condition changed) {
        this.backOff = backOff;
        this.lifecycle = lifecycle;
        this.lock = lock;
        this.changed = changed;
        lifecycle.onChange(this::waitAnew);
    }

    // For the choice, under the lock

    /** Returns whether all requests may be sent. */
    boolean isClosed() {
        return failedRounds == 0;
    }

    /** Returns whether no request may be sent except one, now. */
    boolean isProbeDue() {
        return failedRounds > 0 && !probing && left() <= 0;
    }

    /** Returns for how many nanoseconds no request may be sent; the circuit is open. */
    long untilProbe() {
        return probing ? Long.MAX_VALUE : left();
    }

    /**
     * Admits a request.
     *
     * @return the round that it belongs to, for {@link #failed}
     */
    long enter() {
        probing = failedRounds > 0;
        return round;
    }

    /** Ends the wait, unless the collector asked for it: no other endpoint works any more. The waits grow anew. */
    void endWait() {
        if (failedRounds > 0 && !isPauseAsked) {
            failedRounds = 1;
            waitNanos = 0;
            changed.signalAll();
        }
    }

    // Outcomes

    /** The collector responded, with any status. */
    void succeeded() {
        lock.lock();
        try {
            if (failedRounds > 0) {
                failedRounds = 0;
                probing = false;
                round++;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Events were delivered. */
    void delivered() {
        lock.lock();
        try {
            pardoned = 0;
            hasDelivered = true;
        } finally {
            lock.unlock();
        }
        succeeded();
    }

    /** Returns whether more than one failure was pardoned since the last delivery. */
    boolean hasPardonedOthers() {
        lock.lock();
        try {
            return pardoned > 1;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns whether a failure that an event may have caused counts as a response, so that other events are sent
     * without a wait. This is limited to a number of failures between two deliveries, because beyond that the collector
     * fails at everything.
     *
     * @param isDivided whether the request is a part of one that failed
     */
    boolean pardons(boolean isDivided) {
        lock.lock();
        try {
            if (pardoned >= MOST_PARDONED || !(isDivided || hasDelivered)) {
                return false;
            }
            pardoned++;
        } finally {
            lock.unlock();
        }
        succeeded();
        return true;
    }

    /**
     * A request failed.
     *
     * @return for how long nothing is sent now, in milliseconds; -1 if another request has already set the wait of this
     *     round
     */
    long failed(long ofRound, long retryAfterMillis) {
        lock.lock();
        try {
            if (ofRound != round) {
                return -1;
            }
            round++;
            failedRounds++;
            probing = false;
            openedAt = System.nanoTime();
            long wait = Math.max(backOff.nextMillis(failedRounds), retryAfterMillis);
            waitNanos = Math.min(wait, MOST_WAIT_MILLIS) * 1_000_000;
            isPauseAsked = retryAfterMillis > 0;
            // For a waiting caller, a collector that asked for a pause is tried once more, and then the pause is
            // respected.
            isHurryRefused = lifecycle.isHurried() && isPauseAsked;
            changed.signalAll();
            return wait;
        } finally {
            lock.unlock();
        }
    }

    /** A request has ended. If it has no outcome, because this process failed, another one may be sent. */
    void ended(long ofRound) {
        lock.lock();
        try {
            if (ofRound == round && probing) {
                probing = false;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets waiting threads check how long they wait, now that a caller waits or the client has ended. */
    private void waitAnew() {
        lock.lock();
        try {
            isHurryRefused = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long left() {
        long wait =
                lifecycle.isHurried() && !isHurryRefused ? Math.min(waitNanos, HURRIED_MILLIS * 1_000_000) : waitNanos;
        return openedAt + wait - System.nanoTime();
    }
}
