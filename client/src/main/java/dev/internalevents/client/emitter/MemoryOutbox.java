package dev.internalevents.client.emitter;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.PayloadBody;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events wait in memory, bounded by their number and by about how many bytes they take. They are encoded when they are
 * taken, by the thread that sends them.
 */
final class MemoryOutbox implements Outbox {

    /** The bytes are summed up this seldom, or at once for an event of more than {@link #HEAVY} bytes. */
    private static final int WEIGH_EVERY = 64;

    private static final int HEAVY = 16 << 10;

    private final EventRing ring;
    private final long maxBytes;
    private final Accounts accounts;
    private final LongAdder bytes = new LongAdder();
    private final JsonWriter scratch = new JsonWriter(1024);
    private final ReentrantLock room = new ReentrantLock();
    private final Condition roomMade = room.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean tooManyBytes;
    private volatile boolean closed;

    MemoryOutbox(int capacity, long maxBytes, Wakeup pressure, Accounts accounts) {
        this.ring = new EventRing(capacity, pressure);
        this.maxBytes = maxBytes;
        this.accounts = accounts;
    }

    @Override
    public Offer offer(OutgoingEvent event) {
        if (closed) {
            return Offer.CLOSED;
        }
        int weight = event.weight();
        if ((weight > HEAVY || tooManyBytes) && bytes.sum() + weight > maxBytes) {
            tooManyBytes = true;
            return weight > maxBytes ? Offer.TOO_LARGE : Offer.FULL;
        }
        long index = ring.add(event);
        if (index < 0) {
            return Offer.FULL;
        }
        bytes.add(weight);
        if (index % WEIGH_EVERY == 0 || weight > HEAVY) {
            tooManyBytes = bytes.sum() > maxBytes;
        }
        return Offer.TAKEN;
    }

    @Override
    public @Nullable Taken take(PayloadBody body, int maxEvents, int maxBytes) {
        boolean any = false;
        while (body.count() < maxEvents) {
            OutgoingEvent event = ring.peek();
            if (event == null) {
                break;
            }
            if (write(event, body)) {
                if (body.size() > maxBytes && body.count() > 0) {
                    body.cutEvent();
                    break;
                }
                // One that is larger than a request should be goes alone: the collector may take it.
                body.endEvent();
            }
            remove(event);
            any = true;
        }
        if (any) {
            signalRoom();
        }
        return body.count() == 0 ? null : IN_MEMORY;
    }

    private boolean write(OutgoingEvent event, PayloadBody body) {
        try {
            event.writeOpenTo(body.beginEvent(), scratch);
            return true;
        } catch (RuntimeException e) {
            body.cutEvent();
            accounts.drop(DropReason.UNREADABLE, event.name(), e);
            return false;
        }
    }

    private void remove(OutgoingEvent event) {
        ring.remove();
        bytes.add(-event.weight());
    }

    private void signalRoom() {
        if (tooManyBytes) {
            tooManyBytes = bytes.sum() > maxBytes;
        }
        if (waiting.get() > 0) {
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
        return ring.size();
    }

    @Override
    public boolean isPressing() {
        return ring.isHalfFull() || tooManyBytes;
    }

    @Override
    public boolean dropOldest() {
        OutgoingEvent event = ring.peek();
        if (event == null) {
            return false;
        }
        remove(event);
        accounts.drop(DropReason.FULL, event.name(), null);
        signalRoom();
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

    @Override
    public void close() {
        closed = true;
        for (OutgoingEvent event = ring.peek(); event != null; event = ring.peek()) {
            remove(event);
            accounts.drop(DropReason.LEFT_AT_CLOSE, event.name(), null);
        }
    }

    /** What was taken from memory is nowhere else. */
    private static final Taken IN_MEMORY = new Taken() {
        @Override
        public void settle() {}

        @Override
        public boolean keep() {
            return false;
        }
    };
}
