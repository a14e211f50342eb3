package dev.internalevents.collector.processing;

import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.WaitingRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retries the requests that wait for a schema, for a fifth of the time. Used by the processing thread. */
final class WaitingRetry {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final int AT_ONCE = 20;
    private static final int PAUSE_PER_WORK = 4;
    private static final long MIN_PAUSE_NANOS = 5_000_000L;

    private final RawRequests requests;
    private final OutcomeCounts outcomes;
    private long next = System.nanoTime();

    /** @param requests opens the stored requests */
    WaitingRetry(RawRequests requests, OutcomeCounts outcomes) {
        this.requests = requests;
        this.outcomes = outcomes;
    }

    /** Retries some requests if a retry is due; returns whether the store has changed. */
    boolean run(EventStore store, Steps steps, Keeping keeping, Aside aside) {
        long start = System.nanoTime();
        boolean changed = false;
        for (String origin : aside.due(AT_ONCE)) {
            WaitingRequest request = store.waiting(origin).orElse(null);
            if (request == null) {
                aside.gone(origin);
                continue;
            }
            changed |= settle(store, refusal -> new WaitingSource(request, steps, requests, keeping, aside, refusal));
        }
        long took = System.nanoTime() - start;
        next = start + took + Math.max(MIN_PAUSE_NANOS, PAUSE_PER_WORK * took);
        return changed;
    }

    /** Returns whether the pause after the last retry is over. */
    boolean isDue() {
        return System.nanoTime() - next >= 0;
    }

    /** Stores the result of a waiting request; events that the store rejects are stored as failed, or dropped. */
    private boolean settle(EventStore store, Function<@Nullable String, WaitingSource> attempts) {
        String refused = null;
        for (int attempt = 0; ; attempt++) {
            WaitingSource source = attempts.apply(refused);
            if (!source.changes()) {
                return false;
            }
            if (attempt == 2) {
                LOG.error("a waiting request is dropped: the store refuses it in every form ({})", refused);
                outcomes.leftOut();
                source.leaveOut();
            }
            try {
                store.write(source);
                source.committed();
                return true;
            } catch (RuntimeException e) {
                if (attempt == 2 || !isWell(store)) {
                    throw e;
                }
                refused = String.valueOf(e.getMessage());
            }
        }
    }

    /** Returns whether a store accepts other transactions. */
    static boolean isWell(EventStore store) {
        try {
            store.check();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }
}
