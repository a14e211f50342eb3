package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets many threads share one write to the disk: each caller waits, or registers a callback, and a write covers everything
 * that was appended before it. Any thread registers; rounds are for the disk writer.
 *
 * <p>Threads do not wait for a {@link java.util.concurrent.locks.Condition}: if memory runs out in its {@code await}, it
 * throws without the lock, and leaves a node behind that blocks other threads. Here, a waiting thread is parked without a
 * lock and allocates nothing.
 */
final class GroupCommit {

    private final ReentrantLock lock = new ReentrantLock();

    /** What waits for the next write; guarded by the lock. */
    private List<Kept> next = new ArrayList<>();

    /** The empty list of a round that has ended, which becomes {@link #next} again; only the disk writer uses it. */
    private List<Kept> idle = new ArrayList<>();

    /** Whether there are no more writes; guarded by the lock. */
    private boolean ended;

    /** Registers a callback for the write that covers what the caller has appended. */
    void listen(Kept kept) {
        lock.lock();
        try {
            if (!ended) {
                next.add(kept);
                return;
            }
        } finally {
            lock.unlock();
        }
        kept.kept(false);
    }

    boolean isAsked() {
        lock.lock();
        try {
            return !next.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** A thread that waits for the write that covers what it has appended. */
    static final class Waiter implements Kept {

        private final Thread thread = Thread.currentThread();
        private volatile @Nullable Boolean outcome;

        @Override
        public void kept(boolean safe) {
            outcome = safe;
            LockSupport.unpark(thread);
        }

        /** Blocks until the write has ended; returns false if it failed. */
        boolean await() {
            boolean interrupted = false;
            Boolean safe = outcome;
            while (safe == null) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
                safe = outcome;
            }
            if (interrupted) {
                thread.interrupt();
            }
            return safe;
        }
    }

    // Rounds, one after the other

    /** Starts a round: returns what the write that follows covers. Whatever is registered from now on waits for the next one. */
    List<Kept> begin() {
        lock.lock();
        try {
            List<Kept> round = next;
            next = idle;
            return round;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a round that was written. */
    void done(List<Kept> round) {
        finish(round, true);
    }

    /** Fails the round that was started, if any, and everything that waits for the next one. */
    void failed(@Nullable List<Kept> started) {
        if (started != null) {
            finish(started, false);
        }
        finish(begin(), false);
    }

    /** As {@link #failed}, for the last round: whatever is registered from now on fails at once. */
    void end(@Nullable List<Kept> started) {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        failed(started);
    }

    /** Calls every listener, even if others throw. */
    private void finish(List<Kept> round, boolean safe) {
        for (int i = 0; i < round.size(); i++) {
            try {
                round.get(i).kept(safe);
            } catch (Throwable e) {
                // Ignored: a failing listener must not affect the others.
            }
        }
        round.clear();
        idle = round;
    }
}
