package dev.internalevents.collector.processing;

import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoredIds;
import dev.internalevents.store.StoredKey;
import dev.internalevents.store.ids.Candidates;
import dev.internalevents.store.ids.IdIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the events to an index of ids that the store has and the index lacks: the last events before a crash, or all if
 * the index is new, was damaged, or belongs to another store. Reads page by page, so that it needs little memory.
 */
final class IndexFill {

    private static final Logger LOG = LoggerFactory.getLogger(IndexFill.class);
    private static final long PAGE = 100_000;
    private static final long SAMPLE = 1_000;
    private static final long REPORT_NANOS = 5_000_000_000L;

    private final IdIndex index;
    private final EventStore store;
    private final StoredIds stored;
    private final Duration window;
    private final Stop stop;
    private Instant newest = Instant.MIN;
    private long added;

    /** Tells whether to stop early. */
    @FunctionalInterface
    interface Stop {
        boolean isAsked();
    }

    IndexFill(IdIndex index, EventStore store, StoredIds stored, Duration window, Stop stop) {
        this.index = index;
        this.store = store;
        this.stored = stored;
        this.window = window;
        this.stop = stop;
    }

    /** @throws StoreException if the store cannot be read, the index cannot be written, or a stop was requested */
    void run(Instant now) {
        long last = store.summary(null).last();
        stored.keysBetween(last - SAMPLE + 1, last, key -> newest = key.received());
        Instant reference = newest.isAfter(Instant.MIN) && newest.isBefore(now) ? newest : now;
        Instant since = reference.minus(window);
        if (index.reached() > 0 && !isOfThisStore(last, since)) {
            LOG.warn("{} belongs to another store; it is rebuilt", index);
            index.clear();
        }
        long first = index.reached() + 1;
        // The ids of forgotten events are not stored, so they cannot be added to the index.
        stored.forgottenAreNotIndexed(first);
        if (last - first >= PAGE) {
            first = Math.max(first, stored.firstSince(since).orElse(last + 1));
        }
        fill(first, last, since);
    }

    private boolean isOfThisStore(long last, Instant since) {
        long reached = index.reached();
        if (reached > last) {
            return false;
        }
        List<StoredKey> sample = new ArrayList<>();
        stored.keysBetween(reached - SAMPLE + 1, reached, key -> {
            // Indexes of earlier versions do not contain derived ids.
            if (!key.key().isDerived() && !key.received().isBefore(since)) {
                sample.add(key);
            }
        });
        Candidates found = index.find(sample.stream().map(StoredKey::key).toList(), false);
        Set<StoredKey> confirmed = new HashSet<>();
        found.forEach((query, number) -> {
            StoredKey key = sample.get(query);
            if (number == key.number() || found.hasMore(query)) {
                confirmed.add(key);
            }
        });
        return confirmed.size() == sample.size();
    }

    private void fill(long first, long last, Instant since) {
        long begun = System.nanoTime();
        long reported = begun;
        for (long from = first; from <= last; from += PAGE) {
            if (stop.isAsked()) {
                throw new StoreException("the collector is stopping", new CancellationException());
            }
            index.makeRoom();
            stored.keysBetween(from, Math.min(last, from + PAGE - 1), key -> {
                if (!key.received().isBefore(since)) {
                    index.add(key.key(), key.number(), key.received());
                    added++;
                }
            });
            if (System.nanoTime() - reported > REPORT_NANOS) {
                reported = System.nanoTime();
                LOG.info(
                        "the index of event ids is being built from the store: {} of {} events; requests are accepted"
                                + " meanwhile and processed afterwards",
                        from - first + PAGE,
                        last - first + 1);
            }
        }
        if (added > PAGE) {
            LOG.info(
                    "{} events of the store were added to the index of event ids in {} s",
                    added,
                    (System.nanoTime() - begun) / 1_000_000_000);
        }
    }
}
