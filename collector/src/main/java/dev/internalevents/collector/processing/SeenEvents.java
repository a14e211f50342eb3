package dev.internalevents.collector.processing;

import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.collector.store.duckdb.DuckDbEventStore;
import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.ProcessedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events were seen before. What the store holds is the truth; a filter in memory spares asking it for nearly every
 * new event. For one thread at a time.
 */
final class SeenEvents {

    private final EventStore store;
    private final Duration window;
    private final @Nullable IdFilter filter;
    private final Map<UUID, List<EventKey>> pending = new HashMap<>();
    private final List<Addition> additions = new ArrayList<>();
    private Map<UUID, List<EventKey>> known = Map.of();

    private record Addition(UUID id, Instant received) {}

    /** @param window an event that comes again later than this is a new one */
    SeenEvents(EventStore store, Duration window, Instant now) {
        this.store = store;
        this.window = window;
        if (store instanceof DuckDbEventStore inFile) {
            IdFilter ids = new IdFilter();
            inFile.sentIds(now.minus(window), ids::add);
            this.filter = ids;
        } else {
            this.filter = null;
        }
    }

    /** Asks the store about the events that are looked at next. */
    void prepare(List<ProcessedEvent> events) {
        Set<UUID> asked = new HashSet<>();
        for (ProcessedEvent event : events) {
            EventKey key = event.key();
            if (key != null && (filter == null || filter.mayHave(key.id()))) {
                asked.add(key.id());
            }
        }
        if (asked.isEmpty()) {
            known = Map.of();
            return;
        }
        Map<UUID, List<EventKey>> found = new HashMap<>();
        for (EventKey key : store.known(asked)) {
            found.computeIfAbsent(key.id(), id -> new ArrayList<>(1)).add(key);
        }
        known = found;
    }

    Deduplication.Seen look(@Nullable EventKey key) {
        if (key == null) {
            return Deduplication.Seen.NEVER;
        }
        List<EventKey> before = pending.getOrDefault(key.id(), List.of());
        List<EventKey> stored = known.getOrDefault(key.id(), List.of());
        if (before.contains(key) || stored.contains(key)) {
            return Deduplication.Seen.SAME;
        }
        return before.isEmpty() && stored.isEmpty() ? Deduplication.Seen.NEVER : Deduplication.Seen.OTHER;
    }

    /** Notes an event that the transaction keeps. */
    void add(StoredEvent stored) {
        ProcessedEvent event = stored.event();
        EventKey key = event.key();
        if (key != null) {
            List<EventKey> one = pending.putIfAbsent(key.id(), List.of(key));
            if (one != null) {
                List<EventKey> more = new ArrayList<>(one);
                more.add(key);
                pending.put(key.id(), more);
            }
            if (filter != null) {
                additions.add(new Addition(key.id(), event.payload().context().timestamp()));
            }
        }
    }

    void committed() {
        if (filter != null) {
            additions.forEach(addition -> filter.add(addition.id(), addition.received()));
        }
        rolledBack();
    }

    void rolledBack() {
        pending.clear();
        additions.clear();
        known = Map.of();
    }

    void forgetOld(Instant now) {
        if (filter != null) {
            filter.forgetBefore(now.minus(window));
        }
    }
}
