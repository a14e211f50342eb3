package dev.internalevents.collector.processing;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why nothing is being processed, logged once for each reason. The processing thread reports, any thread reads. */
final class Trouble {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final long MAX_STILL_NANOS = 60_000_000_000L;

    private volatile String reason = "the store is being opened";
    private volatile long moved = System.nanoTime();
    private String logged = "";

    /** Reports why processing waits. */
    void report(@Nullable String why) {
        String now = String.valueOf(why);
        reason = now;
        if (!now.equals(logged)) {
            LOG.warn("processing waits, and tries again every second: {}", now);
        }
        logged = now;
    }

    /** Records that the store is being opened, after which the same reason is logged again. */
    void opening() {
        logged = "";
    }

    /** Records that the store, or the index of its ids, is open. */
    void opened() {
        reason = "";
    }

    /** Reports an error after which processing starts again. */
    void restarting(Throwable e) {
        reason = "processing restarts: " + e;
        LOG.error("processing restarts after an error", e);
    }

    /** Records that a transaction was stored. */
    void clear() {
        if (!reason.isEmpty() || !logged.isEmpty()) {
            reason = "";
            LOG.info("processing continues");
        }
        logged = "";
    }

    /** Records that processing has made progress, or has nothing to do. */
    void moved() {
        moved = System.nanoTime();
    }

    /**
     * Returns why nothing is being processed; null while there is no problem.
     *
     * @param waiting the number of waiting requests
     */
    @Nullable
    String now(long waiting) {
        String why = reason;
        if (!why.isEmpty()) {
            return why;
        }
        long still = System.nanoTime() - moved;
        return waiting == 0 || still < MAX_STILL_NANOS
                ? null
                : "no request was processed for " + still / 1_000_000_000 + " s, although " + waiting
                        + " wait; see the log for the reason";
    }
}
