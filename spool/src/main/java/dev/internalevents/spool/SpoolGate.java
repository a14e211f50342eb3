package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a spool accepts frames, the threads that wait for a change of that, and the one lock under which this and the
 * chain of segments change. The state can be read without the lock.
 *
 * <p>Threads that wait are parked without the lock. In a {@link java.util.concurrent.locks.Condition}, an error such as
 * OutOfMemoryError would end the wait without the lock, and leave a node behind that can block other threads.
 */
final class SpoolGate {

    private final ReentrantLock lock = new ReentrantLock();
    private volatile SpoolState state = new SpoolState.Ready();

    /** The threads that are unparked at the next change. */
    private final List<Thread> waiting = new ArrayList<>();

    SpoolState state() {
        return state;
    }

    boolean isReady() {
        return state instanceof SpoolState.Ready;
    }

    boolean isFull() {
        return state instanceof SpoolState.Full;
    }

    boolean isClosed() {
        return state instanceof SpoolState.Closed;
    }

    /** Stops accepting frames for good; returns false if the spool was closed before. */
    boolean close() {
        lock.lock();
        try {
            if (isClosed()) {
                return false;
            }
            set(new SpoolState.Closed());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Records that the file system fails. */
    void unavailable(String reason) {
        lock.lock();
        try {
            if (!isClosed()) {
                set(new SpoolState.Unavailable(reason));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the spool is not full; returns false if the time elapsed first. */
    boolean awaitRoom(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; !Thread.interrupted(); left = end - System.nanoTime()) {
            if (isRoomOrWaits(left > 0)) {
                return true;
            } else if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(this, left);
        }
        throw new InterruptedException();
    }

    /** If the spool is full, the caller is woken at the next change; or, if it waits no longer, not any more. */
    private boolean isRoomOrWaits(boolean waits) {
        lock.lock();
        try {
            if (isFull() && waits) {
                wakeCaller();
            } else {
                waiting.remove(Thread.currentThread());
            }
            return !isFull();
        } finally {
            lock.unlock();
        }
    }

    // For callers that have the lock

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    void set(SpoolState now) {
        state = now;
        changed();
    }

    /** The calling thread is unparked at the next change. */
    void wakeCaller() {
        Thread caller = Thread.currentThread();
        if (!waiting.contains(caller)) {
            waiting.add(caller);
        }
    }

    /** Wakes the waiting threads, which check for themselves what they wait for. Allocates nothing. */
    void changed() {
        for (int i = 0; i < waiting.size(); i++) {
            LockSupport.unpark(waiting.get(i));
        }
        waiting.clear();
    }
}
