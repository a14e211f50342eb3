package dev.internalevents.client.emitter;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events in the order in which they were added. Adding takes no lock; taking is for the sending threads, one of which
 * waits at a time while the others queue up behind it.
 */
final class EventQueue {

    private final Queue<OutgoingEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int capacity;
    private final ReentrantLock taking = new ReentrantLock();
    private volatile @Nullable Thread waiting;
    private volatile boolean hurried;
    private volatile boolean closed;

    EventQueue(int capacity) {
        this.capacity = capacity;
    }

    /** False when the queue is full or closed. Never blocks. */
    boolean add(OutgoingEvent event, int batchSize) {
        int after = size.incrementAndGet();
        if (after > capacity || closed) {
            size.decrementAndGet();
            return false;
        }
        events.add(event);
        // The one that waits needs to know of the first event (it then lingers for more) and of a full batch.
        if (after == 1 || after >= batchSize) {
            wake();
        }
        return true;
    }

    int size() {
        return size.get();
    }

    /**
     * Waits for a batch: full, or as many as there are once the first of them has lingered.
     *
     * @return the batch, empty only when the queue is closed and has no more
     */
    List<OutgoingEvent> take(int batchSize, long lingerNanos) {
        taking.lock();
        try {
            waiting = Thread.currentThread();
            long firstSeen = 0;
            while (true) {
                int available = size.get();
                if (available == 0) {
                    if (closed) {
                        return List.of();
                    }
                    hurried = false;
                    firstSeen = 0;
                    LockSupport.park(this);
                } else {
                    long now = System.nanoTime();
                    firstSeen = firstSeen == 0 ? now : firstSeen;
                    long left = firstSeen + lingerNanos - now;
                    if (available < batchSize && !hurried && !closed && left > 0) {
                        LockSupport.parkNanos(this, left);
                    } else {
                        List<OutgoingEvent> batch = drain(batchSize);
                        if (!batch.isEmpty()) {
                            return batch;
                        }
                        // An event is counted a moment before it is there.
                        Thread.onSpinWait();
                    }
                }
                // An interrupt is nobody's way to stop a sending thread, and would make park return at once for ever.
                boolean ignored = Thread.interrupted();
            }
        } finally {
            waiting = null;
            taking.unlock();
        }
    }

    /** Lets what is here go without lingering. */
    void hurry() {
        hurried = true;
        wake();
    }

    /** Takes nothing more; what is here can still be taken. */
    void close() {
        closed = true;
        wake();
    }

    private List<OutgoingEvent> drain(int batchSize) {
        List<OutgoingEvent> batch = new ArrayList<>(Math.min(batchSize, size.get()));
        while (batch.size() < batchSize) {
            OutgoingEvent event = events.poll();
            if (event == null) {
                break;
            }
            batch.add(event);
        }
        size.addAndGet(-batch.size());
        return batch;
    }

    private void wake() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
