package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.Failure;
import dev.internalevents.store.EventStore;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries events that failed because a registry did not answer or refused a schema: a few each minute, and all of them
 * once a registry answers. Used by the processing thread.
 */
final class RegistryRetry {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryRetry.class);
    private static final long EVERY_NANOS = 60_000_000_000L;
    private static final int AT_ONCE = 20;

    private final FailedRetry retry;
    private long next = System.nanoTime() + EVERY_NANOS;
    private long beyond;
    private long good;

    RegistryRetry(FailedRetry retry) {
        this.retry = retry;
    }

    /** Retries some events if a retry is due; returns whether the store has changed. */
    boolean run(EventStore store) {
        if (System.nanoTime() - next < 0) {
            return false;
        }
        List<Long> numbers = store.failedAt(Failure.Step.REGISTRY, beyond, AT_ONCE);
        long before = good;
        for (long number : numbers) {
            beyond = number;
            good += retry.retry(store, number) == FailedRetry.Result.GOOD ? 1 : 0;
        }
        if (numbers.size() < AT_ONCE) {
            if (good > 0) {
                LOG.info("{} events that had failed because of their registry are good now", good);
            }
            beyond = 0;
            good = 0;
            next = System.nanoTime() + EVERY_NANOS;
        } else if (good == before) {
            // No answer for any of these yet: try the others a minute later.
            next = System.nanoTime() + EVERY_NANOS;
        }
        return good > before;
    }
}
