package dev.internalevents.client;

import dev.internalevents.client.delivery.ClientStats;

/** The counters of a client that a test compares; those that it does not name are zero. */
record Accounts(long tracked, long delivered, long rejected, long dropped, long held, long retries) {

    static final Accounts NONE = new Accounts(0, 0, 0, 0, 0, 0);

    static Accounts of(InternalEventsClient client) {
        ClientStats stats = client.stats();
        return new Accounts(
                stats.tracked(), stats.delivered(), stats.rejected(), stats.dropped(), stats.held(), stats.retries());
    }

    Accounts tracked(long count) {
        return new Accounts(count, delivered, rejected, dropped, held, retries);
    }

    Accounts delivered(long count) {
        return new Accounts(tracked, count, rejected, dropped, held, retries);
    }

    Accounts rejected(long count) {
        return new Accounts(tracked, delivered, count, dropped, held, retries);
    }

    Accounts dropped(long count) {
        return new Accounts(tracked, delivered, rejected, count, held, retries);
    }

    Accounts held(long count) {
        return new Accounts(tracked, delivered, rejected, dropped, count, retries);
    }

    Accounts retries(long count) {
        return new Accounts(tracked, delivered, rejected, dropped, held, count);
    }
}
