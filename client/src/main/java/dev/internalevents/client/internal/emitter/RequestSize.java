package dev.internalevents.client.internal.emitter;

/**
 * The maximum bytes of a request: the configured limit, or less after the collector responded that one was too large. A
 * size that the collector has accepted since then is never too large. After a number of requests, larger ones are tried
 * again, each time after more requests. Safe for use by several threads.
 */
final class RequestSize {

    private static final int LEAST_BYTES = 1_000;
    private static final int FIRST_TRY = 32;
    private static final int LAST_TRY = 4_096;

    private final int set;
    private volatile int most;
    private int largestTaken;
    private int taken;
    private int tryAfter = FIRST_TRY;

    RequestSize(int set) {
        this.set = set;
        this.most = set;
    }

    int most() {
        return most;
    }

    /**
     * Records that the collector rejected a request of several events as too large.
     *
     * @param isPart whether it was part of a request that was already rejected as too large
     */
    synchronized void tooLarge(int bytes, boolean isPart) {
        if (!isPart) {
            largestTaken = 0;
            tryAfter = most == set ? FIRST_TRY : Math.min(LAST_TRY, 2 * tryAfter);
        }
        taken = 0;
        most = Math.max(Math.max(LEAST_BYTES, largestTaken), Math.min(most, bytes / 2));
    }

    /** Records that the collector accepted a request. */
    void delivered(int bytes) {
        if (most < set) {
            taken(bytes);
        }
    }

    private synchronized void taken(int bytes) {
        largestTaken = Math.max(largestTaken, bytes);
        most = Math.max(most, Math.min(set, largestTaken));
        if (++taken >= tryAfter && most < set) {
            taken = 0;
            most = (int) Math.min(set, 2L * most);
        }
    }
}
