package dev.internalevents.client.emitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The events of some threads, in the order in which they came, in an array with room for all that the {@link QueueRoom}
 * ever gives. Any thread adds, without a lock; one at a time takes. Who adds and who takes write to different cache
 * lines.
 */
final class EventRing {

    private static final int LINE = 16;
    private static final int END = LINE;
    private static final int GRANTED = LINE + 1;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(OutgoingEvent[].class);
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final QueueRoom room;
    private final @Nullable OutgoingEvent[] slots;
    private final int mask;

    /** What was added since the start, and how far that may go: {@link QueueRoom}'s words. */
    private final long[] words = new long[3 * LINE];

    /** Events taken since the start; belongs to the one who takes, and is read by others. */
    private volatile long taken;

    EventRing(QueueRoom room) {
        this.room = room;
        this.slots = new OutgoingEvent[room.maxEvents() == 1 ? 1 : Integer.highestOneBit(room.maxEvents() - 1) << 1];
        this.mask = slots.length - 1;
    }

    /** Adds an event; false when there is no room for it. */
    boolean add(OutgoingEvent event) {
        long step = QueueRoom.of(event);
        while (true) {
            long end = (long) WORD.getVolatile(words, END);
            long missing = QueueRoom.missing(end + step, (long) WORD.getVolatile(words, GRANTED));
            if (missing != 0) {
                long grant = room.grant(missing);
                if (grant == QueueRoom.NONE) {
                    return false;
                }
                WORD.getAndAdd(words, GRANTED, grant);
            } else if (WORD.compareAndSet(words, END, end, end + step)) {
                SLOT.setRelease(slots, (int) end & mask, event);
                return true;
            }
        }
    }

    /** The event that has waited longest, or null; it stays. */
    @Nullable
    OutgoingEvent peek() {
        return (OutgoingEvent) SLOT.getAcquire(slots, (int) taken & mask);
    }

    /** Takes what {@link #peek} answered. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time takes
    void remove() {
        SLOT.setRelease(slots, (int) taken & mask, (Object) null);
        taken++;
    }

    /** Events in the ring, those included that are being added. */
    int size() {
        int from = (int) taken;
        return (int) (long) WORD.getVolatile(words, END) - from;
    }
}
