package dev.internalevents.client.internal.emitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How much may wait in memory: a number of events and of bytes. It is given out in small portions, so that threads that
 * add meet here seldom; what a portion still has when all is given out is at most some percent of the whole.
 *
 * <p>Room is one word: in its lower half events, in its upper half units of {@value #UNIT} bytes. Words that only grow are
 * compared by their difference, whatever has wrapped around.
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
    private final Wakeup pressure;
    private final long[] words = new long[4 * LINE];

    /**
     * All of it is free.
     *
     * @param events 1 or more
     * @param bytes 1 or more; of more than 32 GiB, as many count
     * @param pressure is woken when half of it is given out
     */
    QueueRoom(int events, long bytes, Wakeup pressure) {
        this.maxEvents = events;
        this.maxUnits = (int) Math.min(MAX_UNITS, units(bytes));
        this.portionEvents = Math.max(1, Math.min(MAX_PORTION_EVENTS, events / PORTIONS));
        this.portionUnits = Math.max(1, maxUnits / PORTIONS);
        this.pressure = pressure;
    }

    /** Rounded up. Whatever an event says of itself, it does not give room instead of taking it. */
    private static long units(long bytes) {
        return bytes <= 0 ? 0 : (bytes - 1) / UNIT + 1;
    }

    private static long word(int events, int units) {
        return (long) units << 32 | events;
    }

    /** The room that an event takes. */
    static long of(OutgoingEvent event) {
        return word(1, (int) units(event.weight()));
    }

    /** What one end lacks to be within the other, in each half; 0 when it is. */
    static long missing(long end, long granted) {
        int events = (int) end - (int) granted;
        int units = (int) (end >>> 32) - (int) (granted >>> 32);
        return events <= 0 && units <= 0 ? 0 : word(Math.max(0, events), Math.max(0, units));
    }

    int maxEvents() {
        return maxEvents;
    }

    /** Whether an event is larger than all of it. */
    boolean neverFits(OutgoingEvent event) {
        return units(event.weight()) > maxUnits;
    }

    /** A portion of what is missing, at least that much; {@link #NONE} when there is not. */
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
                    // What was given out has to arrive; the thread that was to be woken wakes by itself.
                }
                return grant;
            }
        }
    }

    /** Events are gone: what they took is free again. For one thread at a time. */
    void giveBack(long freed) {
        WORD.getAndAdd(words, BACK, freed);
    }

    boolean isHalfGiven() {
        // What came back is read first: read later, it might be more than what was given before.
        long back = (long) WORD.getVolatile(words, BACK);
        long held = (long) WORD.getVolatile(words, GIVEN) - back;
        return (int) held >= Math.max(1, maxEvents / 2) || held >>> 32 >= Math.max(1, maxUnits / 2);
    }
}
