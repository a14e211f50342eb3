package dev.internalevents.client.internal.emitter;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether requests may be sent. While the collector takes them, all may; after one failed, none until a wait is over, and
 * then one, whose end decides. The waits grow with the rounds, not with the requests that failed in one of them. Safe for
 * use by several threads.
 */
final class Circuit {

    /** Tries are this close together at most while somebody waits for the end. */
    private static final long HURRIED_MILLIS = 100;

    /** More than the halves of a large batch. */
    private static final int MOST_PARDONED = 16;

    private static final long MOST_WAIT_MILLIS = Long.MAX_VALUE / 4_000_000;

    private final BackOff backOff;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long round;
    private int failedRounds;
    private boolean probing;
    private long openedAt;
    private long waitNanos;
    private int hurries;
    private boolean isHurryRefused;
    private int pardoned;
    private boolean hasDelivered;
    private boolean ended;

    Circuit(BackOff backOff) {
        this.backOff = backOff;
    }

    /**
     * Waits until a request may be sent.
     *
     * @return the round it belongs to, for {@link #succeeded} or {@link #failed}; -1 when the client ends
     */
    long enter() {
        lock.lock();
        try {
            while (!ended) {
                if (failedRounds == 0) {
                    return round;
                }
                long left = left();
                if (left <= 0 && !probing) {
                    probing = true;
                    return round;
                }
                try {
                    // The threads that wait here end with the client, not by an interrupt.
                    long ignored = changed.awaitNanos(probing ? Long.MAX_VALUE : left);
                } catch (InterruptedException e) {
                    // As above.
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /** The collector answered, with whatever. */
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

    /** Whether several failures were pardoned since the last delivery. */
    boolean hasPardonedOthers() {
        lock.lock();
        try {
            return pardoned > 1;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a failure that may be of an event is taken for an answer, so that others are sent without a wait: so many times
     * between two deliveries, and no more, because then the collector fails at everything.
     *
     * @param isDivided whether the request was part of one that failed
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
     * @return how long nothing is sent now, in milliseconds; -1 when the round's wait was set by another request
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
            // A collector that asked for a pause is asked once more for whoever waits, and then left in peace.
            isHurryRefused = hurries > 0 && retryAfterMillis > 0;
            changed.signalAll();
            return wait;
        } finally {
            lock.unlock();
        }
    }

    /** Makes waits short until {@link #relax}. */
    void hurry() {
        lock.lock();
        try {
            hurries++;
            isHurryRefused = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void relax() {
        lock.lock();
        try {
            hurries--;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is sent any more. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private long left() {
        long wait = hurries > 0 && !isHurryRefused ? Math.min(waitNanos, HURRIED_MILLIS * 1_000_000) : waitNanos;
        return openedAt + wait - System.nanoTime();
    }
}
