package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import org.jspecify.annotations.Nullable;

/**
 * Combines two outboxes: events go to the first, and to the second while the first does not accept them. A first outbox
 * that works but is at its limit ({@link Outbox#isAtLimit}) is full: its events do not go to the second. Once one event
 * has gone to the second, all following ones do, until first the first outbox and then the second is empty, so that
 * each thread's events stay in order. Only if the second accepts no more, an event goes to the first again, ahead of
 * older ones: delivery has priority over order.
 */
final class OverflowOutbox implements Outbox {

    private final Outbox first;
    private final Outbox second;
    private volatile boolean overflowing;

    OverflowOutbox(Outbox first, Outbox second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public Offer offer(OutgoingEvent event) {
        if (!overflowing) {
            Offer offer = first.offer(event);
            if (offer != Offer.FULL || first.isAtLimit()) {
                return offer;
            }
        }
        Offer offer = second.offer(event);
        if (offer == Offer.TAKEN) {
            // Written after the event is stored: the thread that empties the second outbox checks both.
            overflowing = true;
        } else if (offer == Offer.FULL && overflowing) {
            return first.offer(event);
        }
        return offer;
    }

    @Override
    public @Nullable Taken take(PayloadBody body, int maxEvents, int maxBytes) {
        if (overflowing) {
            Taken taken = first.take(body, maxEvents, maxBytes);
            if (taken != null) {
                return taken;
            }
            taken = second.take(body, maxEvents, maxBytes);
            if (taken == null && second.size() == 0) {
                // Otherwise an event waits there behind one that is still being written.
                overflowing = false;
            }
            return taken;
        }
        // Ahead of newer events: those added to the second outbox at the moment when it was found empty.
        Taken taken = second.take(body, maxEvents, maxBytes);
        return taken == null ? first.take(body, maxEvents, maxBytes) : taken;
    }

    @Override
    public @Nullable Taken takenInto(PayloadBody body) {
        Taken taken = first.takenInto(body);
        return taken == null ? second.takenInto(body) : taken;
    }

    @Override
    public long size() {
        return first.size() + second.size();
    }

    @Override
    public boolean isPressing() {
        return first.isPressing() || second.isPressing();
    }

    @Override
    public boolean isHalfFull() {
        return first.isHalfFull() || second.isHalfFull();
    }

    @Override
    public boolean dropOldest() {
        return first.dropOldest() || second.dropOldest();
    }

    @Override
    public void awaitRoom(long nanos) throws InterruptedException {
        (overflowing ? second : first).awaitRoom(nanos);
    }

    @Override
    public void tick() {
        first.tick();
        second.tick();
    }

    @Override
    public void close() {
        if (second instanceof MemoryOutbox memory) {
            // The folder could not be used for a while, and perhaps can be used now.
            memory.moveTo(first);
        } else if (first instanceof MemoryOutbox memory) {
            // If other events were spilled, the next start sends these too.
            memory.moveTo(second);
        }
        first.close();
        second.close();
    }
}
