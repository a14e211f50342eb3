package dev.internalevents.client.internal.emitter;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Events queued in memory, limited by number and weight. Threads add to separate rings, so that they do not wait for
 * each other; the thread that takes gets the events of all rings in the order of their times. An event that was tracked
 * after another event's call had returned is taken after it, whichever threads tracked them.
 */
final class EventQueue {

    private static final int STRIPES = 8;

    private final QueueRoom room;
    private final AtomicReferenceArray<@Nullable EventRing> rings = new AtomicReferenceArray<>(STRIPES);

    /** The first event of each ring, as of {@link #look}; used only by the thread that takes. */
    private final @Nullable OutgoingEvent[] heads = new OutgoingEvent[STRIPES];

    private long lookedAt;
    private int next = -1;
    private long removed;

    EventQueue(int maxEvents, long maxBytes, Wakeup pressure) {
        this.room = new QueueRoom(maxEvents, maxBytes, pressure);
    }

    /** Adds an event; returns false if there is no room for it. */
    boolean add(OutgoingEvent event) {
        return ring(Stripe.ofThread(STRIPES)).add(event);
    }

    private EventRing ring(int stripe) {
        EventRing ring = rings.get(stripe);
        if (ring == null) {
            EventRing made = new EventRing(room);
            ring = rings.compareAndExchange(stripe, null, made);
            if (ring == null) {
                ring = made;
            }
        }
        return ring;
    }

    /** Returns whether an event weighs more than the whole queue may. */
    boolean neverFits(OutgoingEvent event) {
        return room.neverFits(event);
    }

    // For one thread at a time: look, then peek and remove any number of times, then release

    /**
     * Looks at the queued events. Only events tracked before this moment are taken: for such an event, all earlier ones
     * are visible too.
     */
    void look() {
        lookedAt = System.nanoTime();
        for (int i = 0; i < STRIPES; i++) {
            look(i);
        }
    }

    private void look(int stripe) {
        EventRing ring = rings.get(stripe);
        OutgoingEvent head = ring == null ? null : ring.peek();
        heads[stripe] = head != null && head.trackedAtNanos() - lookedAt <= 0 ? head : null;
    }

    /** Returns the oldest event, or null; it stays queued. */
    @Nullable
    OutgoingEvent peek() {
        OutgoingEvent first = null;
        for (int i = 0; i < STRIPES; i++) {
            OutgoingEvent head = heads[i];
            if (head != null && (first == null || head.trackedAtNanos() - first.trackedAtNanos() < 0)) {
                first = head;
                next = i;
            }
        }
        return first;
    }

    /** Removes the event returned by {@link #peek}. */
    void remove(OutgoingEvent peeked) {
        ring(next).remove();
        removed += room.of(peeked);
        look(next);
    }

    /** Frees the room of the removed events; returns false if none were removed. */
    boolean release() {
        if (removed == 0) {
            return false;
        }
        room.giveBack(removed);
        removed = 0;
        return true;
    }

    /** Returns the number of queued events, including those being added. */
    int size() {
        int size = 0;
        for (int i = 0; i < STRIPES; i++) {
            EventRing ring = rings.get(i);
            size += ring == null ? 0 : ring.size();
        }
        return size;
    }

    boolean isHalfFull() {
        return room.isHalfGiven() && size() > 0;
    }
}
