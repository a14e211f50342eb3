package dev.internalevents.store;

import dev.internalevents.pipeline.Persons;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * Persons whose events are to be removed from a sink, as they were removed from a store.
 *
 * @param collector the id under which the collector of the store writes to the sink
 * @param through the last number of the store when its events were removed; later events stay
 * @param asked when that was; events of other collectors that were received later stay
 * @param persons the ids, with pseudonyms
 * @param failed the numbers of the failed events that were removed from the store
 */
public record SinkForget(UUID collector, long through, Instant asked, Persons persons, Set<Long> failed) {

    public SinkForget {
        failed = Set.copyOf(failed);
    }
}
