package dev.internalevents.collector.processing;

/**
 * Finds the one event that a store refuses while it takes others: transactions that fail are halved until one with a
 * single event fails, which is then stored as a failed event. Touches no other event, and takes some twenty transactions.
 * For the processing thread.
 */
final class Isolation {

    /** How often one event, or one request, may fail by itself before something is done about it. */
    private static final int TRIES = 2;

    /** The same for memory, which others may have taken for a while. */
    private static final int TRIES_FOR_MEMORY = 10;

    private long most = Long.MAX_VALUE;
    private long suspects;
    private int strikes;
    private int shortages;
    private boolean beforeAnyEvent;

    /** How an event is stored that the store refused. */
    enum Measure {
        /** As it is. */
        NONE,
        /** As a failed event, with everything that is known of it. */
        AS_FAILED,
        /** As a failed event with its request alone. */
        AS_REQUEST,
        /** Not at all. */
        LEFT_OUT
    }

    /** Events of the next transaction, at most. */
    long most() {
        return most;
    }

    /** Whether the next request is not to be processed, but to fail as a whole. */
    boolean refusesRequest() {
        return beforeAnyEvent && strikes >= TRIES;
    }

    /** What is done with the first event of the next transaction. */
    Measure measure() {
        if (beforeAnyEvent) {
            return Measure.NONE;
        }
        int level = strikes - TRIES + 1;
        return level <= 0
                ? Measure.NONE
                : level == 1 ? Measure.AS_FAILED : level == 2 ? Measure.AS_REQUEST : Measure.LEFT_OUT;
    }

    /** A transaction with so many events is in the store. */
    void stored(long events) {
        if (events == 0) {
            return;
        }
        strikes = 0;
        shortages = 0;
        suspects = Math.max(0, suspects - events);
        most = suspects > 0 ? Math.max(1, suspects / 2) : most > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * most;
    }

    /** A transaction failed, though the store takes others, after it was given so many events. */
    void failed(long events) {
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

    /** A transaction failed after it was given so many events, because memory was short: a smaller one may fit. */
    void failedForMemory(long events) {
        if (events <= 1 && ++shortages >= TRIES_FOR_MEMORY) {
            shortages = TRIES_FOR_MEMORY - TRIES;
            failed(events);
        } else {
            shrink(events);
        }
    }

    /** The store takes nothing now: a smaller transaction may fit. */
    void shrink(long events) {
        most = Math.max(1, Math.min(most, Math.max(2, events) / 2));
    }
}
