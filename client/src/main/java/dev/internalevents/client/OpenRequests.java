package dev.internalevents.client;

import java.util.concurrent.atomic.LongAdder;

/** How many scopes of requests are open in this JVM: while one is, a request is being served. Safe for use by threads. */
final class OpenRequests {

    private static final LongAdder OPEN = new LongAdder();

    private OpenRequests() {}

    static void opened() {
        OPEN.increment();
    }

    static void closed() {
        OPEN.decrement();
    }

    static boolean isAny() {
        return OPEN.sum() > 0;
    }
}
