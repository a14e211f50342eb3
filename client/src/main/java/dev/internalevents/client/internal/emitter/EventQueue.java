package dev.internalevents.client.internal.emitter;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Events that wait in memory, bounded by their number and by what they weigh. Threads add to rings of their own, so that
 * they do not wait for each other; the one who takes gets the events of all rings in the order of their times. An event
 * that was tracked after another one's call had returned is taken after it, whichever threads they were.
 */
final class EventQueue {

    private static final int STRIPES = 8;

    private final QueueRoom room;
    private final AtomicReferenceArray<@Nullable EventRing> rings = new AtomicReferenceArray<>(STRIPES);

    /** The first event of each ring, as of {@link #look}; belongs to the one who takes. */
    private final @Nullable OutgoingEvent[] heads = new OutgoingEvent[STRIPES];

    private long lookedAt;
    private int next = -1;
    private long removed;

    EventQueue(int maxEvents, long maxBytes, Wakeup pressure) {
        this.room = new QueueRoom(maxEvents, maxBytes, pressure);
    }

    /** Adds an event; false when there is no room for it. */
    boolean add(OutgoingEvent event) {
        return ring((int) Thread.currentThread().getId() & (STRIPES - 1)).add(event);
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

    /** Whether an event weighs more than may ever wait. */
    boolean neverFits(OutgoingEvent event) {
        return room.neverFits(event);
    }

    // For one thread at a time: look, then peek and remove as often as wanted, then release

    /**
     * Looks at what there is. Only what was tracked before this moment is taken: of an event that is seen now, all that
     * went before it can be seen too.
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

    /** The event that has waited longest, or null; it stays. */
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

    /** Takes what {@link #peek} answered. */
    void remove(OutgoingEvent peeked) {
        ring(next).remove();
        removed += QueueRoom.of(peeked);
        look(next);
    }

    /** Lets others use the room of what was removed; false when nothing was. */
    boolean release() {
        if (removed == 0) {
            return false;
        }
        room.giveBack(removed);
        removed = 0;
        return true;
    }

    /** Events that wait, those included that are being added. */
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
