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

    Round begin() {
        lock.lock();
        try {
            if (listeners.isEmpty()) {
                return new Round(taken.get(), List.of());
            }
            // Whoever leaves word from here on waits for the next write.
            List<Kept> told = listeners;
            listeners = new ArrayList<>();
            return new Round(taken.get(), told);
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
        round.listeners().forEach(kept -> kept.kept(true));
    }

    /** The round that was begun failed, and with it whatever waits for the next. */
    void failed(@Nullable Round begun) {
        Round next = begin();
        lock.lock();
        try {
            failed = next.ticket();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            begun.listeners().forEach(kept -> kept.kept(false));
        }
        next.listeners().forEach(kept -> kept.kept(false));
    }
}
