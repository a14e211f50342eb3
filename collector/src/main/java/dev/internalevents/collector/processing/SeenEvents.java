package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoreFile;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.StoredIds;
import dev.internalevents.store.StoredKey;
import dev.internalevents.store.ids.Candidates;
import dev.internalevents.store.ids.IdIndex;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells which events have been seen before. The store is authoritative. For a store in a file, an index of ids on disk
 * finds the few stored events that have to be compared; other stores are queried for every event. Good events are
 * compared with good ones and failed events with failed ones, so that a failed event does not hide its corrected
 * repetition; forgotten events are compared with both. Used by one thread at a time, except {@link #sizes()}.
 */
final class SeenEvents implements AutoCloseable {

    private static final int PAGE = 1_000;

    private final Duration window;
    private final IdIndex.Settings settings;
    private volatile @Nullable IdIndex index;
    private @Nullable EventStore store;
    private @Nullable StoredIds storedIds;
    private long resets;

    /** Keys in the store, for the prepared events. */
    private KnownKeys stored = new KnownKeys();

    /** Keys of transactions committed since these events were prepared. */
    private KnownKeys committed = new KnownKeys();

    /** Keys of the current transaction. */
    private KnownKeys pending = new KnownKeys();

    private final List<StoredKey> additions = new ArrayList<>();
    private Instant newest = Instant.MIN;
    private Instant earliest = Instant.MAX;

    /** @param window an event that arrives again later than this is a new one */
    SeenEvents(Duration window) {
        this(window, IdIndex.Settings.DEFAULTS);
    }

    SeenEvents(Duration window, IdIndex.Settings settings) {
        this.window = window;
        this.settings = settings;
    }

    /**
     * Starts with a newly opened store. For a store in a file, opens the index in its folder and adds the events that
     * the index lacks, which reads the whole store if there is no index yet.
     *
     * @param stopping tells whether to stop early
     * @throws dev.internalevents.store.StoreException if the index or the store cannot be read or written
     */
    void open(EventStore opened, Instant now, IndexFill.Stop stopping) {
        rolledBack();
        stored = new KnownKeys();
        committed = new KnownKeys();
        store = opened;
        resets = opened.summary(null).resets();
        IdIndex before = index;
        StoredIds inFile = opened.ids().orElse(null);
        Path folder = opened.file().map(StoreFile::folder).orElse(null);
        if (before != null && (folder == null || before.damage() != null)) {
            index = null;
            before.close();
        }
        storedIds = inFile;
        if (folder != null && inFile != null) {
            IdIndex ids = index;
            if (ids == null) {
                ids = IdIndex.open(folder.resolve("ids"), settings);
                index = ids;
            }
            new IndexFill(ids, opened, inFile, window, stopping).run(now);
        }
    }

    /** Looks up the keys of the events that are passed to {@link #look} next. */
    void prepare(List<ProcessedEvent> events) {
        committed = new KnownKeys();
        stored = new KnownKeys();
        List<ProcessedEvent> asked = new ArrayList<>(events.size());
        List<EventKey> keys = new ArrayList<>(events.size());
        for (ProcessedEvent event : events) {
            EventKey key = event.key();
            if (key != null) {
                asked.add(event);
                keys.add(key);
            }
        }
        IdIndex ids = index;
        if (ids != null && store != null && storedIds != null) {
            ids.makeRoom();
            stored = stored(ids, store, storedIds, asked, keys);
        } else if (store != null && !keys.isEmpty()) {
            Set<UUID> distinct = new HashSet<>();
            keys.forEach(key -> distinct.add(key.id()));
            store.known(distinct).forEach(stored::add);
            store.forgotten(distinct).forEach(stored::add);
        }
    }

    private KnownKeys stored(
            IdIndex ids, EventStore open, StoredIds inFile, List<ProcessedEvent> asked, List<EventKey> keys) {
        KnownKeys found = new KnownKeys();
        if (inFile.hasUnindexedForgotten()) {
            open.forgotten(keys.stream().map(EventKey::id).toList()).forEach(found::add);
        }
        Candidates candidates = ids.find(keys, false);
        if (candidates.isEmpty()) {
            return found;
        }
        Set<Long> numbers = new HashSet<>();
        candidates.forEach((query, number) -> numbers.add(number));
        compare(inFile, numbers, found);
        for (int i = 0; i < keys.size(); i++) {
            EventKey key = keys.get(i);
            ProcessedEvent event = asked.get(i);
            if (candidates.hasMore(i) && !found.like(event).hasId(key.id(), since(event))) {
                // The compared events are gone from the store, too old, or of the other kind, but others may match.
                findAny(ids, inFile, event, key, found);
            }
        }
        return found;
    }

    private void findAny(IdIndex ids, StoredIds inFile, ProcessedEvent event, EventKey key, KnownKeys found) {
        Instant since = since(event);
        KnownKeys.OfKind like = found.like(event);
        Set<Long> distinct = new HashSet<>();
        ids.find(List.of(key), true).forEach((query, number) -> distinct.add(number));
        List<Long> newestFirst = distinct.stream()
                .sorted((one, other) -> Long.compare(other, one))
                .toList();
        for (int from = 0; from < newestFirst.size() && !like.hasId(key.id(), since); from += PAGE) {
            compare(inFile, newestFirst.subList(from, Math.min(newestFirst.size(), from + PAGE)), found);
        }
    }

    /**
     * Compares with the store, because a number in the index is only a hint. Forgotten events count although their rows
     * were removed.
     */
    private static void compare(StoredIds inFile, Collection<Long> numbers, KnownKeys found) {
        List<StoredKey> keys = inFile.keysOf(numbers);
        keys.forEach(found::add);
        if (keys.size() < numbers.size()) {
            inFile.forgottenWithNumbers(numbers).forEach(found::add);
        }
    }

    /**
     * Returns the time before which received events do not count, based on the earliest time that may be the correct
     * time now.
     */
    private Instant since(ProcessedEvent event) {
        Instant received = event.payload().context().timestamp();
        return (earliest.isBefore(received) ? earliest : received).minus(window);
    }

    /** Sets the earliest time that may be the correct time now; the clock may have jumped. */
    void clockSays(Instant time) {
        earliest = time;
    }

    /** Returns whether a prepared event has been seen before. */
    Deduplication.Seen look(ProcessedEvent event) {
        EventKey key = event.key();
        Deduplication.Seen result = Deduplication.Seen.NEVER;
        if (key == null
                || !(pending.like(event).mayHave(key)
                        || committed.like(event).mayHave(key)
                        || stored.like(event).mayHave(key))) {
            return result;
        }
        Instant since = since(event);
        for (KnownKeys known : List.of(pending, committed, stored)) {
            Deduplication.Seen seen = known.like(event).look(key, since);
            if (seen == Deduplication.Seen.SAME) {
                return seen;
            }
            result = seen == Deduplication.Seen.NEVER ? result : seen;
        }
        return result;
    }

    /**
     * Returns whether a prepared event that was seen before is a forgotten one, no part of which may be stored again.
     */
    boolean isForgotten(ProcessedEvent event) {
        EventKey key = event.key();
        return key != null && stored.like(event).isForgotten(key);
    }

    /** Adds an event of the current transaction. */
    void add(StoredEvent event) {
        EventKey key = event.event().key();
        if (key != null) {
            Instant received = event.event().payload().context().timestamp();
            StoredKey addition = new StoredKey(event.number(), key, received, event.isGood());
            pending.add(addition);
            additions.add(addition);
        }
    }

    /** Adds an event that replaced a failed one between two transactions. */
    void replaced(StoredEvent event) {
        EventKey key = event.event().key();
        if (key != null && !event.repeat()) {
            Instant received = event.event().payload().context().timestamp();
            committed.add(new StoredKey(event.number(), key, received, event.isGood()));
        }
    }

    /** Records that the transaction is in the store. */
    void committed() {
        IdIndex ids = index;
        for (StoredKey addition : additions) {
            if (ids != null) {
                ids.add(addition.key(), addition.number(), addition.received());
            }
            newest = addition.received();
        }
        if (committed.isEmpty()) {
            committed = pending;
        } else {
            committed.addAll(pending);
        }
        rolledBack();
    }

    /** Records that the transaction is not in the store. */
    void rolledBack() {
        pending = new KnownKeys();
        additions.clear();
    }

    /** Drops all keys if the store was reset and is empty. */
    void follow(EventStore changed) {
        EventStore.Summary summary = changed.summary(null);
        IdIndex ids = index;
        if (summary.resets() != resets && summary.total() == 0) {
            stored = new KnownKeys();
            committed = new KnownKeys();
            if (ids != null) {
                ids.clear();
            }
        }
        resets = summary.resets();
    }

    /**
     * Lets the index and the store drop keys that no longer matter for any event, including those that wait in the
     * spool.
     */
    void forgetOld(Instant now) {
        IdIndex ids = index;
        if (newest.isAfter(Instant.MIN)) {
            Instant before = (newest.isBefore(now) ? newest : now).minus(window);
            if (ids != null) {
                ids.forgetBefore(before);
            }
            if (store != null) {
                store.dropForgotten(before);
            }
        }
    }

    /** Returns the size of the index of ids. May be called by any thread. */
    IdIndex.Sizes sizes() {
        IdIndex ids = index;
        return ids == null ? IdIndex.Sizes.NONE : ids.sizes();
    }

    @Override
    public void close() {
        IdIndex ids = index;
        if (ids != null) {
            ids.close();
        }
    }
}
