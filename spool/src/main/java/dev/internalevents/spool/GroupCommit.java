package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets many wait together for one write to the disk: each takes a ticket, or leaves word whom to tell, and a write covers
 * all that came before it.
 */
final class GroupCommit {

    private final AtomicLong taken = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long done;
    private long failed;
    private List<Kept> listeners = new ArrayList<>();

    /** What one write to the disk covers. */
    record Round(long ticket, List<Kept> listeners) {}

    /** Calls back after the write that covers what the caller has appended. */
    void listen(Kept kept, @Nullable Thread writer) {
        lock.lock();
        try {
            listeners.add(kept);
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(writer);
    }

    /** Waits for the write that covers what the caller has appended; false when it failed. */
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

    /** Without memory it throws, and nothing has changed. */
    Round begin() {
        lock.lock();
        try {
            if (listeners.isEmpty()) {
                return new Round(taken.get(), List.of());
            }
            // Whoever leaves word from here on waits for the next write.
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

    /** The round that was begun failed, and with it whatever waits for the next. */
    void failed(@Nullable Round begun) {
        List<Kept> next = List.of();
        lock.lock();
        try {
            failed = taken.get();
            ended.signalAll();
            List<Kept> none = new ArrayList<>();
            next = listeners;
            listeners = none;
        } catch (OutOfMemoryError e) {
            // These are told after the next write.
            next = List.of();
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            tell(begun.listeners(), false);
        }
        tell(next, false);
    }

    /** Each is told, whatever the others throw. */
    private static void tell(List<Kept> listeners, boolean safe) {
        for (int i = 0; i < listeners.size(); i++) {
            try {
                listeners.get(i).kept(safe);
            } catch (Throwable e) {
                // It was told, which is all that it may expect.
            }
        }
    }
}
