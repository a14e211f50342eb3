package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.PayloadBody;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Queues events in memory, limited by number and approximate bytes. Events are encoded when they are taken, by the
 * thread that sends them.
 */
final class MemoryOutbox implements Outbox {

    private static final int TRIES_WITHOUT_MEMORY = 3;

    private final EventQueue queue;
    private final Accounts accounts;
    private final Lifecycle lifecycle;
    private final JsonWriter scratch = new JsonWriter(1024);
    private final ReentrantLock room = new ReentrantLock();
    private final Condition roomMade = room.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /** The event for which there was no memory, and how often; used only by the thread that takes. */
    private @Nullable OutgoingEvent hungry;

    /** The event that was being encoded when an asynchronous JVM error occurred; retried once. */
    private @Nullable OutgoingEvent struck;

    private int triesWithoutMemory;

    MemoryOutbox(int capacity, long maxBytes, Wakeup pressure, Accounts accounts, Lifecycle lifecycle) {
        this.queue = new EventQueue(capacity, maxBytes, pressure);
        this.accounts = accounts;
        this.lifecycle = lifecycle;
    }

    @Override
    public Offer offer(OutgoingEvent event) {
        if (lifecycle.isEnded()) {
            return Offer.CLOSED;
        }
        if (queue.add(event)) {
            return Offer.TAKEN;
        }
        return queue.neverFits(event) ? Offer.TOO_LARGE : Offer.FULL;
    }

    @Override
    public @Nullable Taken take(PayloadBody body, int maxEvents, int maxBytes) {
        queue.look();
        try {
            while (body.count() < maxEvents) {
                OutgoingEvent event = queue.peek();
                if (event == null || !move(event, body, maxBytes)) {
                    break;
                }
            }
        } finally {
            release();
        }
        return body.count() == 0 ? null : IN_MEMORY;
    }

    /**
     * Encodes an event and removes it from the queue; returns false if the body is full without it.
     *
     * @throws OutOfMemoryError if there is no memory for it, although it is the first in the body; it stays queued
     */
    private boolean move(OutgoingEvent event, PayloadBody body, int maxBytes) {
        try {
            event.writeOpenTo(body.beginEvent(), scratch);
            if (body.size() + PayloadBody.BYTES_AFTER_LAST > maxBytes && body.count() > 0) {
                body.cutEvent();
                return false;
            }
            // An event that exceeds the request limit is sent alone: the collector may accept it.
            body.endEvent();
        } catch (OutOfMemoryError e) {
            body.cutEvent();
            if (body.count() > 0) {
                // There may be memory for it after the others are sent.
                return false;
            }
            // Perhaps the application had used up the memory.
            if (event != hungry || ++triesWithoutMemory < TRIES_WITHOUT_MEMORY) {
                triesWithoutMemory = event == hungry ? triesWithoutMemory : 1;
                hungry = event;
                throw e;
            }
            hungry = null;
            accounts.drop(DropReason.TOO_LARGE, event.name(), e);
        } catch (InternalError e) {
            // The JVM reports access to a page of a truncated file late, and anywhere in a thread: it need not be
            // caused by this event.
            body.cutEvent();
            if (body.count() > 0) {
                return false;
            }
            if (event != struck) {
                struck = event;
                throw e;
            }
            struck = null;
            accounts.drop(DropReason.UNREADABLE, event.name(), e);
        } catch (RuntimeException | Error e) {
            body.cutEvent();
            accounts.drop(DropReason.UNREADABLE, event.name(), e);
        }
        queue.remove(event);
        return true;
    }

    private void release() {
        if (queue.release() && waiting.get() > 0) {
            room.lock();
            try {
                roomMade.signalAll();
            } finally {
                room.unlock();
            }
        }
    }

    @Override
    public long size() {
        return queue.size();
    }

    @Override
    public boolean isPressing() {
        return queue.isHalfFull();
    }

    @Override
    public boolean isHalfFull() {
        return queue.isHalfFull();
    }

    @Override
    public boolean dropOldest() {
        queue.look();
        OutgoingEvent event = queue.peek();
        if (event == null) {
            return false;
        }
        queue.remove(event);
        release();
        accounts.drop(DropReason.FULL, event.name(), null);
        return true;
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller offers again and loops
    public void awaitRoom(long nanos) throws InterruptedException {
        room.lockInterruptibly();
        try {
            waiting.incrementAndGet();
            long ignored = roomMade.awaitNanos(nanos);
        } finally {
            waiting.decrementAndGet();
            room.unlock();
        }
    }

    /**
     * Moves queued events to a more durable outbox, until that accepts no more. The caller must hold the right to take.
     */
    void moveTo(Outbox other) {
        queue.look();
        for (OutgoingEvent event = queue.peek(); event != null; event = queue.peek()) {
            try {
                if (other.offer(event) != Offer.TAKEN) {
                    break;
                }
            } catch (RuntimeException | Error e) {
                accounts.drop(DropReason.UNREADABLE, event.name(), e);
            }
            queue.remove(event);
        }
        release();
    }

    @Override
    public void close() {
        queue.look();
        for (OutgoingEvent event = queue.peek(); event != null; event = queue.peek()) {
            queue.remove(event);
            accounts.drop(DropReason.LEFT_AT_CLOSE, event.name(), null);
        }
        release();
    }

    /** Events taken from memory are stored nowhere else. */
    private static final Taken IN_MEMORY = new Taken() {
        @Override
        public void settle() {}

        @Override
        public boolean keep() {
            return false;
        }
    };
}
