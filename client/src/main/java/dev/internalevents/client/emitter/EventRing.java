package dev.internalevents.client.emitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of events in an array. Any number of threads add without a lock; taking is for one thread at a time.
 * The two ends lie on cache lines of their own, so that who adds does not wait for who takes.
 */
final class EventRing {

    private static final int LINE = 16;
    private static final int PRODUCER = LINE;
    private static final int LIMIT = 2 * LINE;
    private static final int CONSUMER = 3 * LINE;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(OutgoingEvent[].class);
    private static final VarHandle INDEX = MethodHandles.arrayElementVarHandle(long[].class);

    private final @Nullable OutgoingEvent[] slots;
    private final int mask;
    private final int capacity;
    private final Wakeup pressure;
    private final long[] indexes = new long[5 * LINE];

    /** @param pressure is woken when the ring becomes half full */
    EventRing(int capacity, Wakeup pressure) {
        this.pressure = pressure;
        this.capacity = capacity;
        this.slots = new OutgoingEvent[capacity == 1 ? 1 : Integer.highestOneBit(capacity - 1) << 1];
        this.mask = slots.length - 1;
        INDEX.setVolatile(indexes, LIMIT, (long) halfway());
    }

    /** Adds an event; answers its place in the order of all, or -1 when the ring is full. */
    long add(OutgoingEvent event) {
        long index;
        do {
            index = (long) INDEX.getVolatile(indexes, PRODUCER);
            if (index >= (long) INDEX.getVolatile(indexes, LIMIT)) {
                long taken = (long) INDEX.getVolatile(indexes, CONSUMER);
                if (index >= taken + capacity) {
                    return -1;
                }
                boolean half = index >= taken + halfway();
                INDEX.setVolatile(indexes, LIMIT, taken + (half ? capacity : halfway()));
                if (half) {
                    pressure.wake();
                }
            }
        } while (!INDEX.compareAndSet(indexes, PRODUCER, index, index + 1));
        SLOT.setRelease(slots, (int) index & mask, event);
        return index;
    }

    /** The event that has waited longest, or null; it stays. */
    @Nullable
    OutgoingEvent peek() {
        long index = (long) INDEX.get(indexes, CONSUMER);
        return (OutgoingEvent) SLOT.getAcquire(slots, (int) index & mask);
    }

    /** Takes what {@link #peek} answered. */
    void remove() {
        long index = (long) INDEX.get(indexes, CONSUMER);
        SLOT.setRelease(slots, (int) index & mask, (Object) null);
        INDEX.setVolatile(indexes, CONSUMER, index + 1);
    }

    /** Events in the ring, those included that are being added. */
    int size() {
        long taken = (long) INDEX.getVolatile(indexes, CONSUMER);
        return (int) Math.max(0, Math.min(capacity, (long) INDEX.getVolatile(indexes, PRODUCER) - taken));
    }

    boolean isHalfFull() {
        return size() >= halfway();
    }

    private int halfway() {
        return Math.max(1, capacity / 2);
    }
}
