package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import org.jspecify.annotations.Nullable;

/**
 * Two outboxes: events go to the first, and to the second while the first does not take them. Once one has gone to the
 * second, all that follow do, until the first is empty and then the second: so each thread's events stay in order. Only
 * when the second takes no more, an event goes into the first again, before older ones: it is kept rather than in order.
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
            if (offer != Offer.FULL) {
                return offer;
            }
        }
        Offer offer = second.offer(event);
        if (offer == Offer.TAKEN) {
            // Written after the event is there: who empties the second looks at both.
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
            if (taken == null) {
                overflowing = false;
            }
            return taken;
        }
        // Before anything newer: what came to the second at the moment when that was found empty.
        Taken taken = second.take(body, maxEvents, maxBytes);
        return taken == null ? first.take(body, maxEvents, maxBytes) : taken;
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
            // The folder could not be used for a time, and perhaps can by now.
            memory.moveTo(first);
        } else if (first instanceof MemoryOutbox memory) {
            // Where others were spilled, there is a next start for these too.
            memory.moveTo(second);
        }
        first.close();
        second.close();
    }
}
