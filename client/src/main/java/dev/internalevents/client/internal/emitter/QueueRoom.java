package dev.internalevents.client.internal.emitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The room of the queue in memory: a number of events and of bytes. It is granted in small portions, so that adding
 * threads rarely contend here; the unused rest of all portions is at most a few percent of the whole.
 *
 * <p>Room is one word: events in the lower half, units of {@value #UNIT} bytes in the upper half. Words that only grow
 * are compared by their difference, so that wrap-around does not matter.
 */
final class QueueRoom {

    /** There is no room. */
    static final long NONE = 0;

    private static final int UNIT = 16;
    private static final int MAX_UNITS = Integer.MAX_VALUE;
    private static final int PORTIONS = 512;
    private static final int MAX_PORTION_EVENTS = 64;

    private static final int LINE = 16;
    private static final int GIVEN = LINE;
    private static final int BACK = 2 * LINE;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final int maxEvents;
    private final int maxUnits;
    private final int portionEvents;
    private final int portionUnits;

    /** Less than the whole, because in an empty queue the other rings still have the unused rest of their portions. */
    private final int mostPerEvent;

    private final Wakeup pressure;
    private final long[] words = new long[4 * LINE];

    /**
     * Creates the room, all of it free.
     *
     * @param events 1 or more
     * @param bytes 1 or more; more than 32 GiB counts as 32 GiB
     * @param pressure woken when half of it is granted
     */
    QueueRoom(int events, long bytes, Wakeup pressure) {
        this.maxEvents = events;
        this.maxUnits = (int) Math.min(MAX_UNITS, units(bytes));
        this.portionEvents = Math.max(1, Math.min(MAX_PORTION_EVENTS, events / PORTIONS));
        this.portionUnits = Math.max(1, maxUnits / PORTIONS);
        this.mostPerEvent = maxUnits - maxUnits / 16;
        this.pressure = pressure;
    }

    /** Rounds up. Never negative, so that an event with a wrong weight cannot add room. */
    private static long units(long bytes) {
        return bytes <= 0 ? 0 : (bytes - 1) / UNIT + 1;
    }

    private static long word(int events, int units) {
        return (long) units << 32 | events;
    }

    /**
     * Returns the room that an event takes. If it takes almost all there is, less is counted, so that an empty queue
     * never refuses it.
     */
    long of(OutgoingEvent event) {
        int units = (int) units(event.weight());
        return word(1, units > mostPerEvent && units <= maxUnits ? mostPerEvent : units);
    }

    /** Returns by how much {@code end} exceeds {@code granted}, in each half; 0 if it does not. */
    static long missing(long end, long granted) {
        int events = (int) end - (int) granted;
        int units = (int) (end >>> 32) - (int) (granted >>> 32);
        return events <= 0 && units <= 0 ? 0 : word(Math.max(0, events), Math.max(0, units));
    }

    int maxEvents() {
        return maxEvents;
    }

    /** Returns whether an event is larger than the whole room. */
    boolean neverFits(OutgoingEvent event) {
        return units(event.weight()) > maxUnits;
    }

    /** Grants a portion that covers at least what is missing; {@link #NONE} if there is not enough room. */
    long grant(long missing) {
        int events = (int) missing;
        int units = (int) (missing >>> 32);
        while (true) {
            long given = (long) WORD.getVolatile(words, GIVEN);
            long held = given - (long) WORD.getVolatile(words, BACK);
            int freeEvents = maxEvents - (int) held;
            int freeUnits = maxUnits - (int) (held >>> 32);
            if (events > freeEvents || units > freeUnits) {
                return NONE;
            }
            long grant = word(
                    events == 0 ? 0 : Math.max(events, Math.min(portionEvents, freeEvents)),
                    units == 0 ? 0 : Math.max(units, Math.min(portionUnits, freeUnits)));
            if (WORD.compareAndSet(words, GIVEN, given, given + grant)) {
                try {
                    if (isHalfGiven()) {
                        pressure.wake();
                    }
                } catch (StackOverflowError e) {
                    // The granted portion must be returned; the thread that was to be woken also wakes by itself.
                }
                return grant;
            }
        }
    }

    /** Frees the room of events that were removed. For one thread at a time. */
    void giveBack(long freed) {
        WORD.getAndAdd(words, BACK, freed);
    }

    boolean isHalfGiven() {
        // The freed room is read first: read later, it might exceed the granted room read before.
        long back = (long) WORD.getVolatile(words, BACK);
        long held = (long) WORD.getVolatile(words, GIVEN) - back;
        return (int) held >= Math.max(1, maxEvents / 2) || held >>> 32 >= Math.max(1, maxUnits / 2);
    }
}
