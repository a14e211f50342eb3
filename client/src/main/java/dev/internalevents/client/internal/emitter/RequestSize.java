package dev.internalevents.client.internal.emitter;

/**
 * How many bytes a request may have: what is set, or less after the collector called one too large. What it took since is
 * never too large; after a number of requests it is tried whether larger ones pass again, each time after more of them.
 * Safe for use by several threads.
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
     * The collector called a request of several events too large.
     *
     * @param isPart whether it was part of one that it called so before
     */
    synchronized void tooLarge(int bytes, boolean isPart) {
        if (!isPart) {
            largestTaken = 0;
            tryAfter = most == set ? FIRST_TRY : Math.min(LAST_TRY, 2 * tryAfter);
        }
        taken = 0;
        most = Math.max(Math.max(LEAST_BYTES, largestTaken), Math.min(most, bytes / 2));
    }

    /** The collector took a request. */
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
