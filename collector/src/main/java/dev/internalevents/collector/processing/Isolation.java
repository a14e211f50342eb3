package dev.internalevents.collector.processing;

/**
 * Finds the event that a store rejects while it accepts others. Failed transactions are halved until one with a single
 * event fails; that event is then stored as a failed event. Other events are not affected. The search takes about
 * twenty transactions. Used by the processing thread.
 */
final class Isolation {

    /** How often a single event or request may fail before a measure is taken. */
    private static final int TRIES = 2;

    /** The same for failures for lack of memory, which other work may be using for a while. */
    private static final int TRIES_FOR_MEMORY = 10;

    private long most = Long.MAX_VALUE;
    private long suspects;
    private int strikes;
    private int shortages;
    private boolean beforeAnyEvent;
    private String reason = "";

    /** How to store an event that the store rejected. */
    enum Measure {
        /** Unchanged. */
        NONE,
        /** As a failed event, with everything known about it. */
        AS_FAILED,
        /** As a failed event with only its request. */
        AS_REQUEST,
        /** Not at all. */
        LEFT_OUT
    }

    /** Returns the maximum number of events in the next transaction. */
    long most() {
        return most;
    }

    /** Returns whether the next request must fail as a whole without being processed. */
    boolean refusesRequest() {
        return beforeAnyEvent && strikes >= TRIES;
    }

    /** Returns why the last transaction failed that the store rejected; empty if there was none. */
    String reason() {
        return reason;
    }

    /** Returns the measure for the first event of the next transaction. */
    Measure measure() {
        if (beforeAnyEvent) {
            return Measure.NONE;
        }
        int level = strikes - TRIES + 1;
        return level <= 0
                ? Measure.NONE
                : level == 1 ? Measure.AS_FAILED : level == 2 ? Measure.AS_REQUEST : Measure.LEFT_OUT;
    }

    /** Records that a transaction with this many events was stored. */
    void stored(long events) {
        if (events == 0) {
            return;
        }
        strikes = 0;
        shortages = 0;
        suspects = Math.max(0, suspects - events);
        most = suspects > 0 ? Math.max(1, suspects / 2) : most > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * most;
    }

    /** Records that a transaction failed after this many events, although the store accepts others. */
    void failed(long events, String why) {
        reason = why;
        failed(events);
    }

    private void failed(long events) {
        if (events <= 1) {
            strikes = beforeAnyEvent == (events == 0) ? strikes + 1 : 1;
            beforeAnyEvent = events == 0;
            most = 1;
        } else {
            strikes = 0;
            suspects = events;
            most = events / 2;
        }
    }

    /** Records that a transaction failed after this many events for lack of memory; a smaller one may fit. */
    void failedForMemory(long events, String why) {
        reason = why;
        if (events <= 1 && ++shortages >= TRIES_FOR_MEMORY) {
            shortages = TRIES_FOR_MEMORY - TRIES;
            failed(events);
        } else {
            shrink(events);
        }
    }

    /** Makes the next transaction smaller because the store accepts nothing now; a smaller one may fit. */
    void shrink(long events) {
        most = Math.max(1, Math.min(most, Math.max(2, events) / 2));
    }
}
