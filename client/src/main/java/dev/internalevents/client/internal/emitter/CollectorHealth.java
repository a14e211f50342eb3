package dev.internalevents.client.internal.emitter;

import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records whether the collector at one endpoint accepts events, as of the last response. Logs changes, at most once a
 * minute, because a collector with intermittent failures would fill the log. Safe for use by several threads.
 */
final class CollectorHealth {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);

    private static final long SAY_AGAIN_NANOS = 60_000_000_000L;

    private final EventKind kind;
    private final URI endpoint;
    private final LongSupplier waiting;
    private volatile @Nullable String lastFailure;
    private final AtomicLong saidAt = new AtomicLong(System.nanoTime() - SAY_AGAIN_NANOS);
    private volatile boolean isRecoveryDue;

    /** @param waiting returns the number of queued events */
    CollectorHealth(EventKind kind, URI endpoint, LongSupplier waiting) {
        this.kind = kind;
        this.endpoint = endpoint;
        this.waiting = waiting;
    }

    /** Returns why the last request failed; null once one succeeds. */
    @Nullable
    String lastFailure() {
        return lastFailure;
    }

    /** @param waitMillis for how long nothing is sent now; -1 if the wait was already reported */
    void failing(String reason, int events, long waitMillis) {
        if (!isRecoveryDue && waitMillis >= 0 && isTimeToSay()) {
            isRecoveryDue = true;
            LOG.warn(
                    "{}: {}; {} {}(s) stay queued and are retried in {} ms, {} more are queued",
                    endpoint,
                    reason,
                    events,
                    kind.words(),
                    waitMillis,
                    waiting.getAsLong());
        } else {
            LOG.debug("{}: {}; next try in {} ms", endpoint, reason, waitMillis);
        }
        lastFailure = reason;
    }

    /**
     * Events are sent to another endpoint instead, because that one works.
     *
     * @param waitMillis as for {@link #failing}
     */
    void leftForAnother(String reason, int events, long waitMillis) {
        if (!isRecoveryDue && waitMillis >= 0 && isTimeToSay()) {
            isRecoveryDue = true;
            LOG.warn(
                    "{}: {}; {} {}(s) are sent to another endpoint, and this one is tried again in {} ms",
                    endpoint,
                    reason,
                    events,
                    kind.words(),
                    waitMillis);
        } else {
            LOG.debug("{}: {}; another endpoint is used, next try in {} ms", endpoint, reason, waitMillis);
        }
        lastFailure = reason;
    }

    void rejecting(String reason) {
        lastFailure = reason;
    }

    private boolean isTimeToSay() {
        long said = saidAt.get();
        long now = System.nanoTime();
        return now - said >= SAY_AGAIN_NANOS && saidAt.compareAndSet(said, now);
    }

    void recovered() {
        if (lastFailure != null) {
            lastFailure = null;
            if (isRecoveryDue) {
                isRecoveryDue = false;
                LOG.info("{}: {}s are delivered again", endpoint, kind.words());
            }
        }
    }
}
