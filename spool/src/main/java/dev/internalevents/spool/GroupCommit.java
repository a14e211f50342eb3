package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets many threads share one write to the disk. Each caller takes a ticket and waits, or registers a callback; a write
 * covers everything that was appended before it.
 */
final class GroupCommit {

    private final AtomicLong taken = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long done;
    private long failed;
    private List<Kept> listeners = new ArrayList<>();

    /** The tickets and callbacks that one write to the disk covers. */
    record Round(long ticket, List<Kept> listeners) {}

    /** Registers a callback for the write that covers what the caller has appended. */
    void listen(Kept kept, @Nullable Thread writer) {
        lock.lock();
        try {
            listeners.add(kept);
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(writer);
    }

    /** Waits for the write that covers what the caller has appended; returns false if it failed. */
    boolean await(@Nullable Thread writer) {
        long ticket = taken.incrementAndGet();
        LockSupport.unpark(writer);
        lock.lock();
        try {
            while (done < ticket && failed < ticket) {
                ended.awaitUninterruptibly();
            }
            return done >= ticket;
        } finally {
            lock.unlock();
        }
    }

    boolean isAsked() {
        lock.lock();
        try {
            return taken.get() > Math.max(done, failed) || !listeners.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Starts a round. Throws OutOfMemoryError if there is no memory, and then changes nothing. */
    Round begin() {
        lock.lock();
        try {
            if (listeners.isEmpty()) {
                return new Round(taken.get(), List.of());
            }
            // Callbacks registered from here on wait for the next write.
            List<Kept> none = new ArrayList<>();
            Round round = new Round(taken.get(), listeners);
            listeners = none;
            return round;
        } finally {
            lock.unlock();
        }
    }

    void done(Round round) {
        lock.lock();
        try {
            done = round.ticket();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        tell(round.listeners(), true);
    }

    /** Fails the round that was started, if any, and everything that waits for the next one. */
    void failed(@Nullable Round started) {
        List<Kept> next = List.of();
        lock.lock();
        try {
            failed = taken.get();
            ended.signalAll();
            List<Kept> none = new ArrayList<>();
            next = listeners;
            listeners = none;
        } catch (OutOfMemoryError e) {
            // These are called after the next write.
            next = List.of();
        } finally {
            lock.unlock();
        }
        if (started != null) {
            tell(started.listeners(), false);
        }
        tell(next, false);
    }

    /** Calls every listener, even if others throw. */
    private static void tell(List<Kept> listeners, boolean safe) {
        for (int i = 0; i < listeners.size(); i++) {
            try {
                listeners.get(i).kept(safe);
            } catch (Throwable e) {
                // Ignored: a failing listener must not affect the others.
            }
        }
    }
}
