package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a spool accepts frames, the threads that wait for a change of that, and the one monitor under which this and
 * the chain of segments change. The state can be read without it.
 *
 * <p>It is a monitor because the JVM always releases one. A page of a mapped file that is gone is reported a moment
 * after the access, between any two calls, and a {@link java.util.concurrent.locks.Lock} that is taken or released at
 * that moment would stay locked. Threads that wait are parked without the monitor: an error such as OutOfMemoryError
 * would end a wait in it.
 */
final class SpoolGate {

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
    synchronized boolean close() {
        if (isClosed()) {
            return false;
        }
        set(new SpoolState.Closed());
        return true;
    }

    /** Records that the file system fails. */
    synchronized void unavailable(String reason) {
        if (!isClosed()) {
            set(new SpoolState.Unavailable(reason));
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
    private synchronized boolean isRoomOrWaits(boolean waits) {
        if (isFull() && waits) {
            wakeCaller();
        } else {
            waiting.remove(Thread.currentThread());
        }
        return !isFull();
    }

    // For callers that have the monitor

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
