package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets many threads share one write to the disk. Each caller takes a ticket and waits, or registers a callback; a write
 * covers everything that was appended before it. Any thread takes tickets and registers; rounds are for the disk
 * writer.
 *
 * <p>The threads of a round pass the lock on to each other, and the writer queues behind them for the next round. So
 * that round covers what all of them append next, which waking them without the lock would not achieve.
 */
final class GroupCommit {

    private final AtomicLong taken = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    // Guarded by the lock

    private long done;
    private long failed;
    private boolean isOver;
    private List<Kept> listeners = new ArrayList<>();

    /** The tickets and callbacks that one write to the disk covers. */
    record Round(long ticket, List<Kept> listeners) {}

    /** Registers a callback for the write that covers what the caller has appended. */
    void listen(Kept kept) {
        lock.lock();
        try {
            if (!isOver) {
                listeners.add(kept);
                return;
            }
        } finally {
            lock.unlock();
        }
        kept.kept(false);
    }

    /** Returns a ticket for the write that covers what the caller has appended; for {@link #await}. */
    long ticket() {
        return taken.incrementAndGet();
    }

    /** Waits for the write that covers a ticket; returns false if it failed. */
    boolean await(long ticket) {
        lock.lock();
        try {
            while (done < ticket && failed < ticket && !isOver) {
                ended.awaitUninterruptibly();
            }
            return done >= ticket;
        } finally {
            // An error within the condition, such as OutOfMemoryError, ends the wait without the lock.
            if (lock.isHeldByCurrentThread()) {
                lock.unlock();
            }
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

    // Rounds, one after the other

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

    /** Ends a round that was written. */
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

    /** As {@link #failed}, after the last write: what is asked for from now on fails at once. */
    void over(@Nullable Round started) {
        lock.lock();
        try {
            isOver = true;
        } finally {
            lock.unlock();
        }
        failed(started);
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
