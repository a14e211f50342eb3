package dev.internalevents.collector.processing;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.ping.Installation;
import dev.internalevents.metrics.ping.ServicePing;
import dev.internalevents.metrics.store.FileMetricStore;
import dev.internalevents.metrics.store.LocalMetricStore;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters of the stored events. They include events up to a number; events in the store beyond it, after a crash
 * or because the counter file was removed, are counted from the store, so that each stored event counts once. The
 * processing thread changes the counters, any thread reads them.
 */
public final class StoredCounts {

    private static final Logger LOG = LoggerFactory.getLogger(StoredCounts.class);
    private static final int PAGE = 5_000;
    private static final long CHECKPOINT_EVERY_NANOS = 30_000_000_000L;

    private final Dictionary dictionary;
    private final Counters counters;
    private final LocalMetricStore store;
    private final Metrics metrics;
    private final ServicePing ping;
    private Increments pending = new Increments();
    private UUID numbering = UUID.randomUUID();
    private long last;
    private long resets;
    private long checkpointAt = System.nanoTime();

    /**
     * Loads the counters.
     *
     * @param file the counter file; null for counters in memory
     * @param installation the installation that sends the Service Ping
     * @throws dev.internalevents.metrics.MetricStoreException if the file cannot be read
     */
    public StoredCounts(Dictionary dictionary, @Nullable Path file, Installation installation) {
        this.dictionary = dictionary;
        this.counters = Counters.of(dictionary);
        this.store = file == null ? new MemoryMetricStore(counters) : FileMetricStore.open(counters, file);
        this.metrics = new Metrics(dictionary, counters, store, Clock.systemUTC());
        this.ping = new ServicePing(
                installation, dictionary, metrics, Map.of(), ServicePing.DEFAULT_TIMEOUT, Clock.systemUTC());
    }

    public Dictionary dictionary() {
        return dictionary;
    }

    /** Returns the metric values as of the last transaction. */
    public Metrics metrics() {
        return metrics;
    }

    /** Returns the Service Ping of these counters. */
    public ServicePing servicePing() {
        return ping;
    }

    /** Counts stored events that the counters do not include. Must be called before the first transaction. */
    void catchUp(EventStore events) {
        EventStore.Summary summary = events.summary(null);
        resets = summary.resets();
        Position reached = store.applied();
        last = 0;
        if (reached != null && reached.number() <= summary.last()) {
            numbering = reached.sequence();
            last = reached.number();
        } else if (reached != null) {
            LOG.warn(
                    "the counters belong to another store, whose last event was number {}; adding this store's events",
                    reached.number());
            numbering = UUID.randomUUID();
        }
        begin();
        long behind = 0;
        for (List<StoredEvent> page = page(events); !page.isEmpty(); page = page(events)) {
            page.forEach(this::add);
            behind += page.size();
            committed();
        }
        if (behind > 0) {
            LOG.info("{} stored events that had not been counted were counted", behind);
        }
    }

    private List<StoredEvent> page(EventStore events) {
        EventQuery beyond = EventQuery.ALL.good(true).after(last).oldestFirst();
        return events.find(beyond, 0, PAGE);
    }

    /** Starts a transaction, discarding what was added to a failed one. */
    void begin() {
        pending = new Increments();
    }

    /** Adds an event of the transaction. */
    void add(StoredEvent stored) {
        if (stored.event() instanceof GoodEvent good) {
            GoodEventCounting.of(good).ifPresent(event -> counters.count(event, pending));
        }
        last = Math.max(last, stored.number());
    }

    /** Applies the counts of the transaction, which is in the store. */
    void committed() {
        store.apply(pending, Position.ofEvent(numbering, last));
        pending = new Increments();
        if (System.nanoTime() - checkpointAt > CHECKPOINT_EVERY_NANOS) {
            checkpointAt = System.nanoTime();
            store.beginCheckpoint();
        }
    }

    /**
     * Writes the counters to their file and waits for it, which can take seconds; they include the transactions
     * committed before the call. Any thread may call it. Does not throw if writing fails.
     */
    public void checkpoint() {
        store.checkpoint();
    }

    /**
     * Counts an event that had failed and is good now. No position stands for this count: it is written at once, and
     * lost if the process is killed before that.
     */
    public void retried(GoodEvent good) {
        Increments one = new Increments();
        GoodEventCounting.of(good).ifPresent(event -> counters.count(event, one));
        store.apply(one, null);
        store.beginCheckpoint();
    }

    /** Resets the counters if the store was reset and is empty. */
    void follow(EventStore events) {
        EventStore.Summary summary = events.summary(null);
        if (summary.resets() != resets) {
            resets = summary.resets();
            if (summary.total() == 0) {
                reset();
            }
        }
    }

    private void reset() {
        store.reset();
        store.checkpoint();
    }

    void close() {
        store.close();
    }
}
