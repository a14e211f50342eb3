package dev.internalevents.spool;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Lets threads wait together for one write to the disk: each takes a ticket, and a write covers all taken before it. */
final class GroupCommit {

    private final AtomicLong taken = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long done;
    private long failed;

    /** Waits for the write that covers what the caller has appended; false when it failed. */
    boolean await(Thread writer) {
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
            return taken.get() > Math.max(done, failed);
        } finally {
            lock.unlock();
        }
    }

    long begin() {
        return taken.get();
    }

    void done(long ticket) {
        lock.lock();
        try {
            done = ticket;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void failed() {
        lock.lock();
        try {
            failed = taken.get();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
