package dev.internalevents.store;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.ProcessedEvent;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Removes all data about some persons from a store in memory. Reads each event and each request once, outside the
 * store's lock.
 */
final class MemoryRemoval implements PersonRemoval {

    private final MemoryEventStore store;
    private final PersonMatch persons;
    private final RawRequests requests;

    /** Keyed by identity: all events of a request share one array. */
    private final IdentityHashMap<byte[], Set<Integer>> found = new IdentityHashMap<>();

    private final IdentityHashMap<ProcessedEvent, Boolean> isAbout = new IdentityHashMap<>();
    private final IdentityHashMap<WaitingRequest, Optional<WaitingMatch>> waits = new IdentityHashMap<>();

    MemoryRemoval(MemoryEventStore store, PersonMatch persons, RawRequests requests) {
        this.store = store;
        this.persons = persons;
        this.requests = requests;
    }

    @Override
    public void find() {
        store.events().forEach(this::isTheirs);
        store.waitingRequests().forEach(this::match);
    }

    @Override
    public Forgotten remove(Consumer<Set<Long>> before) {
        return store.remove(this, before);
    }

    /** Returns whether an event is about one of the persons. */
    boolean isTheirs(MemoryEvent event) {
        byte[] frame = event.frame();
        ProcessedEvent processed = event.stored().event();
        Set<Integer> indices = frame == null ? Set.of() : found.computeIfAbsent(frame, this::indices);
        return isAbout.computeIfAbsent(processed, persons::isAbout) || indices.contains(processed.index());
    }

    private Set<Integer> indices(byte[] frame) {
        CollectorPayload payload = WaitingMatch.opened(frame, requests);
        Set<Integer> indices = new HashSet<>();
        if (payload != null) {
            persons.in(payload).forEach(one -> indices.add(one.index()));
        }
        return indices;
    }

    /** Returns whether a request that was searched contains an event of theirs. */
    boolean isTheirs(byte[] frame) {
        return !found.getOrDefault(frame, Set.of()).isEmpty();
    }

    @Nullable
    WaitingMatch match(WaitingRequest request) {
        return waits.computeIfAbsent(request, one -> Optional.ofNullable(WaitingMatch.of(one, persons, requests)))
                .orElse(null);
    }

    /** Returns what remains of a removed event; null for an event that cannot be recognized. */
    static @Nullable ForgottenKey keyOf(MemoryEvent event) {
        EventKey key = event.stored().event().key();
        return key == null
                ? null
                : new ForgottenKey(
                        event.number(), ForgottenKey.ofId(key.id()), ForgottenKey.ofKey(key), event.received());
    }
}
