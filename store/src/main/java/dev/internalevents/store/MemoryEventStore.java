package dev.internalevents.store;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.RequestBody;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores events in memory, up to a number and a size in bytes; beyond either limit the oldest are evicted. A good event is stored without
 * the body of its request. A failed one is stored with its whole request, which counts once however many events share it.
 */
public final class MemoryEventStore implements EventStore {

    private static final int MAX_VALUES = 1_000;

    /** Maximum number of ids of forgotten events; their hashes take up to 20 MB. */
    private static final int MAX_FORGOTTEN = 100_000;

    private final int maxEvents;
    private final long maxBytes;
    private final int maxRepeats;
    private final Deque<Held> events = new ArrayDeque<>();
    private final Map<UUID, List<StoredKey>> keys = new HashMap<>();
    private final Map<String, WaitingRequest> waiting = new LinkedHashMap<>();
    /** Keys of forgotten events by the hash of the id, oldest first. */
    private final Map<UUID, List<ForgottenKey>> forgotten = new LinkedHashMap<>();

    /** Objects shared by events of one request, with the number of stored events that share each. */
    private final IdentityHashMap<Object, Integer> shared = new IdentityHashMap<>();

    private long bytes;
    private long last;
    private int good;
    private int repeats;
    private long evicted;
    private long resets;
    private @Nullable Progress progress;

    /**
     * Creates an empty store.
     *
     * @param maxEvents maximum number of events, 1 or more
     * @param maxBytes maximum heap size of the events in bytes, as {@link HeapSize} estimates it; the newest event stays whatever its size
     */
    public MemoryEventStore(int maxEvents, long maxBytes) {
        this(maxEvents, maxBytes, Math.max(1, maxEvents / 10));
    }

    /**
     * Creates an empty store as {@link #MemoryEventStore(int, long)} does.
     *
     * @param maxRepeats maximum number of repeats, 1 or more; beyond it the older half of them is evicted, so that repeats from retries
     *     never displace other events
     */
    public MemoryEventStore(int maxEvents, long maxBytes, int maxRepeats) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.maxRepeats = maxRepeats;
    }

    /** An event with the size of its unshared parts in bytes, and for a failed one its request. */
    private record Held(StoredEvent event, long bytes, byte @Nullable [] frame) {}

    @Override
    public synchronized Progress progress(UUID spool) {
        return progress != null && progress.spool().equals(spool) ? progress : Progress.start(spool);
    }

    @Override
    public int write(EventSource source) {
        List<Held> taken = new ArrayList<>();
        for (EventSource.Entry entry = source.peek(); entry != null; entry = source.peek()) {
            taken.add(held(entry.event(), entry.frame()));
            source.advance();
        }
        synchronized (this) {
            taken.forEach(this::add);
            source.settled().forEach(waiting::remove);
            source.aside().forEach(request -> waiting.put(request.origin(), request));
            Progress reached = source.progress();
            progress = reached == null ? progress : reached;
        }
        return taken.size();
    }

    private static Held held(StoredEvent stored, byte @Nullable [] frame) {
        StoredEvent kept = withoutBody(stored);
        return new Held(kept, HeapSize.of(kept.event()), kept.isGood() ? null : frame);
    }

    /** Removes the body from a good event: the API never shows it, and thousands of events may share it. */
    private static StoredEvent withoutBody(StoredEvent stored) {
        CollectorPayload payload = stored.event().payload();
        if (!(stored.event() instanceof GoodEvent good) || (payload.body() == null && payload.querystring() == null)) {
            return stored;
        }
        CollectorPayload kept = new CollectorPayload(
                payload.api(),
                null,
                payload.contentType(),
                payload.contentEncoding(),
                null,
                payload.source(),
                payload.context());
        RawEvent raw = new RawEvent(kept, good.raw().parameters(), good.index());
        return new StoredEvent(
                stored.number(),
                stored.session(),
                new GoodEvent(
                        raw,
                        good.schema(),
                        good.atomic(),
                        good.contexts(),
                        good.unstruct(),
                        good.derivedContexts(),
                        good.key()),
                stored.repeat());
    }

    private void add(Held held) {
        events.addFirst(held);
        count(held);
        last = Math.max(last, held.event().number());
        while (events.size() > maxEvents || (bytes > maxBytes && events.size() > 1)) {
            forget(events.removeLast());
            evicted++;
        }
        if (repeats > maxRepeats) {
            forgetOlderRepeats(repeats - maxRepeats / 2);
        }
    }

    /** Evicts many repeats at a time, because finding them scans all events. */
    private void forgetOlderRepeats(int surplus) {
        int left = surplus;
        for (Iterator<Held> oldestFirst = events.descendingIterator(); oldestFirst.hasNext() && left > 0; ) {
            Held held = oldestFirst.next();
            if (held.event().repeat()) {
                oldestFirst.remove();
                forget(held);
                left--;
            }
        }
    }

    private void count(Held held) {
        bytes += held.bytes();
        shared(held).forEach((part, size) -> bytes += shared.merge(part, 1, Integer::sum) == 1 ? size : 0);
        if (held.event().repeat()) {
            // Not added to the keys: repeats are compared with the first event.
            repeats++;
            return;
        }
        good += held.event().isGood() ? 1 : 0;
        EventKey key = held.event().event().key();
        if (key != null) {
            keys.computeIfAbsent(key.id(), id -> new ArrayList<>(1)).add(stored(held, key));
        }
    }

    private void forget(Held held) {
        bytes -= held.bytes();
        shared(held).forEach((part, size) -> {
            int left = shared.merge(part, -1, Integer::sum);
            if (left == 0) {
                shared.remove(part);
                bytes -= size;
            }
        });
        if (held.event().repeat()) {
            repeats--;
            return;
        }
        good -= held.event().isGood() ? 1 : 0;
        EventKey key = held.event().event().key();
        if (key != null) {
            keys.computeIfPresent(key.id(), (id, sameId) -> {
                sameId.remove(stored(held, key));
                return sameId.isEmpty() ? null : sameId;
            });
        }
    }

    private static StoredKey stored(Held held, EventKey key) {
        return new StoredKey(
                held.event().number(), key, Instant.MAX, held.event().isGood());
    }

    /** Returns the parts of its request that an event keeps alive, with their sizes in bytes. */
    private static IdentityHashMap<Object, Long> shared(Held held) {
        IdentityHashMap<Object, Long> parts = new IdentityHashMap<>();
        CollectorPayload payload = held.event().event().payload();
        parts.put(payload.context(), HeapSize.of(payload.context()));
        RequestBody body = payload.body();
        if (body != null) {
            parts.put(body, (long) body.size());
        }
        String query = payload.querystring();
        if (query != null) {
            parts.put(query, HeapSize.of((Object) query));
        }
        byte[] frame = held.frame();
        if (frame != null) {
            parts.put(frame, (long) frame.length);
        }
        return parts;
    }

    /** Returns the estimated heap size of the events in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized List<StoredKey> known(Collection<UUID> ids) {
        return ids.stream()
                .flatMap(id -> keys.getOrDefault(id, List.of()).stream())
                .toList();
    }

    @Override
    public synchronized Summary summary(@Nullable String session) {
        if (session == null) {
            return new Summary(good, events.size() - repeats - good, last, evicted, resets);
        }
        List<StoredEvent> ofSession = events.stream()
                .map(Held::event)
                .filter(event -> event.isOf(session) && !event.repeat())
                .toList();
        long goodOnes = ofSession.stream().filter(StoredEvent::isGood).count();
        return new Summary(goodOnes, ofSession.size() - goodOnes, last, evicted, resets);
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit) {
        Stream<StoredEvent> found = found(query);
        String sort = query.sort();
        if (sort != null) {
            Comparator<Sorted> order =
                    Comparator.comparing(Sorted::value, Comparator.nullsFirst(MemoryEventStore::compare));
            order = order.thenComparing(sorted -> sorted.event().number());
            found = found.map(event -> new Sorted(event, sortValue(event, sort)))
                    .sorted(query.descending() ? order.reversed() : order)
                    .map(Sorted::event);
        } else if (!query.descending()) {
            found = found.sorted(Comparator.comparingLong(StoredEvent::number));
        }
        return found.skip(offset).limit(limit).toList();
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit, long maxBytes) {
        List<StoredEvent> fitting = new ArrayList<>();
        long left = maxBytes;
        for (StoredEvent event : find(query, offset, limit)) {
            left -= contentBytes(event.event());
            if (left < 0 && !fitting.isEmpty()) {
                break;
            }
            fitting.add(event);
        }
        return fitting;
    }

    private static long contentBytes(ProcessedEvent event) {
        RequestBody body = event.payload().body();
        RawEvent raw = event.raw();
        long parameters = raw == null
                ? 0
                : raw.parameters().parameters().values().stream()
                        .mapToLong(String::length)
                        .sum();
        return parameters + (body == null ? 0 : body.size());
    }

    @Override
    public long count(EventQuery query) {
        return found(query).count();
    }

    private Stream<StoredEvent> found(EventQuery query) {
        return snapshot(query.beyond(), query.before()).stream().filter(EventMatch.of(query));
    }

    private List<StoredEvent> snapshot() {
        return snapshot(0, Long.MAX_VALUE);
    }

    /** Returns events newest first, the order of the deque, so that new events are found without a scan of the others. */
    private synchronized List<StoredEvent> snapshot(long beyond, long before) {
        List<StoredEvent> some = new ArrayList<>();
        for (Held held : events) {
            long number = held.event().number();
            if (number <= beyond) {
                break;
            }
            if (number < before) {
                some.add(held.event());
            }
        }
        return some;
    }

    private record Sorted(StoredEvent event, @Nullable Object value) {}

    private static @Nullable Object sortValue(StoredEvent event, String column) {
        Object atomic = event.event().atomic().get(column);
        if (atomic != null) {
            return atomic;
        }
        List<String> values = FlatEvent.values(event, column);
        return values.isEmpty() ? null : values.get(0);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // All values of a column have one type.
    private static int compare(Object one, Object other) {
        if (one.getClass() == other.getClass()) {
            return ((Comparable) one).compareTo(other);
        }
        return one instanceof Number number && other instanceof Number another
                ? Double.compare(number.doubleValue(), another.doubleValue())
                : one.toString().compareTo(other.toString());
    }

    @Override
    public synchronized Optional<StoredEvent> withNumber(long number) {
        return events.stream()
                .map(Held::event)
                .filter(event -> event.number() == number)
                .findFirst();
    }

    @Override
    public List<StoredEvent> withId(UUID id, @Nullable String session) {
        return snapshot().stream()
                .filter(event -> event.isOf(session)
                        && id.toString().equals(event.event().atomic().text("event_id")))
                .toList();
    }

    @Override
    public List<String> columns(@Nullable String session) {
        Set<String> atomic = new HashSet<>();
        Set<String> json = new TreeSet<>();
        for (StoredEvent event : snapshot()) {
            if (event.isOf(session)) {
                event.event().atomic().forEach((name, value) -> atomic.add(name));
                json.addAll(FlatEvent.columnsOfJson(FlatEvent.of(event)));
            }
        }
        return Stream.concat(AtomicFields.NAMES.stream().filter(atomic::contains), json.stream())
                .toList();
    }

    @Override
    public Map<String, ColumnStats> columnStats(List<String> columns, @Nullable String session) {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        Set<String> present = new LinkedHashSet<>(columns(session));
        columns.forEach(column -> counts.put(column, new HashMap<>()));
        for (StoredEvent event : snapshot()) {
            if (event.isOf(session)) {
                counts.forEach((column, values) -> FlatEvent.values(event, column, MAX_VALUE_CHARS)
                        .forEach(value -> values.merge(value, 1, Integer::sum)));
            }
        }
        Map<String, ColumnStats> stats = new LinkedHashMap<>();
        counts.forEach((column, values) -> stats.put(
                column,
                new ColumnStats(
                        present.contains(column),
                        present.contains(column),
                        values.entrySet().stream()
                                .sorted(Map.Entry.<String, Integer>comparingByValue()
                                        .reversed()
                                        .thenComparing(Map.Entry.comparingByKey()))
                                .limit(MAX_VALUES)
                                .map(Map.Entry::getKey)
                                .toList())));
        return stats;
    }

    @Override
    public List<Point> timeline(List<Bucket> buckets, @Nullable String session) {
        long[] goodOnes = new long[buckets.size()];
        long[] badOnes = new long[buckets.size()];
        for (StoredEvent event : snapshot()) {
            for (int i = 0; event.isOf(session) && i < buckets.size(); i++) {
                if (EventMatch.isWithin(
                        event, buckets.get(i).start(), buckets.get(i).end())) {
                    (event.isGood() ? goodOnes : badOnes)[i]++;
                }
            }
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            points.add(new Point(buckets.get(i), goodOnes[i], badOnes[i]));
        }
        return points;
    }

    @Override
    public synchronized Summary reset(@Nullable String session) {
        for (Iterator<Held> all = events.iterator(); all.hasNext(); ) {
            Held held = all.next();
            if (held.event().isOf(session)) {
                all.remove();
                forget(held);
            }
        }
        if (session == null) {
            evicted = 0;
            waiting.clear();
            forgotten.clear();
        }
        resets++;
        return summary(session);
    }

    @Override
    public synchronized Optional<byte[]> frame(long number) {
        return events.stream()
                .filter(held -> held.event().number() == number)
                .findFirst()
                .flatMap(held -> Optional.ofNullable(held.frame()));
    }

    @Override
    public synchronized void replace(StoredEvent event) {
        List<Held> all = new ArrayList<>(events);
        events.clear();
        for (Held held : all) {
            Held now = held;
            if (held.event().number() == event.number()) {
                now = held(event, held.frame());
                forget(held);
                count(now);
            }
            events.addLast(now);
        }
    }

    @Override
    public synchronized Removed retain(Retention retention, Ages ages) {
        Instant now = ages.now();
        Duration maxAge = retention.maxAge();
        if (now == null || maxAge == null) {
            return Removed.NOTHING;
        }
        Instant oldest = now.minus(maxAge);
        long foundBefore = ages.foundBefore(oldest);
        long removed = 0;
        // Do not stop at a young event: the clock may have changed, so events are not ordered by time.
        for (Iterator<Held> each = events.descendingIterator(); each.hasNext(); ) {
            Held held = each.next();
            Instant received = received(held);
            if (Ages.isAhead(received, now) ? held.event().number() <= foundBefore : received.isBefore(oldest)) {
                each.remove();
                forget(held);
                removed++;
            }
        }
        evicted += removed;
        return new Removed(removed, 0, 0);
    }

    private static Instant received(Held held) {
        return held.event().event().payload().context().timestamp();
    }

    @Override
    public PersonRemoval removal(PersonMatch persons, RawRequests requests) {
        return new Removal(persons, requests);
    }

    private synchronized List<Held> held() {
        return List.copyOf(events);
    }

    private synchronized List<WaitingRequest> waitingRequests() {
        return List.copyOf(waiting.values());
    }

    /** Reads each event and each request once, outside the lock. */
    private final class Removal implements PersonRemoval {

        private final PersonMatch persons;
        private final RawRequests requests;

        /** Keyed by identity: all events of a request share one array. */
        private final IdentityHashMap<byte[], Set<Integer>> found = new IdentityHashMap<>();

        private final IdentityHashMap<ProcessedEvent, Boolean> isAbout = new IdentityHashMap<>();
        private final IdentityHashMap<WaitingRequest, Optional<WaitingMatch>> waits = new IdentityHashMap<>();

        Removal(PersonMatch persons, RawRequests requests) {
            this.persons = persons;
            this.requests = requests;
        }

        @Override
        public void find() {
            held().forEach(this::isTheirs);
            waitingRequests().forEach(this::match);
        }

        private @Nullable WaitingMatch match(WaitingRequest request) {
            return waits.computeIfAbsent(request, one -> Optional.ofNullable(WaitingMatch.of(one, persons, requests)))
                    .orElse(null);
        }

        private boolean isTheirs(Held held) {
            byte[] frame = held.frame();
            ProcessedEvent event = held.event().event();
            Set<Integer> indices = frame == null ? Set.of() : found.computeIfAbsent(frame, this::indices);
            return isAbout.computeIfAbsent(event, persons::isAbout) || indices.contains(event.index());
        }

        private Set<Integer> indices(byte[] frame) {
            CollectorPayload payload = WaitingMatch.opened(frame, requests);
            Set<Integer> indices = new HashSet<>();
            if (payload != null) {
                persons.in(payload).forEach(one -> indices.add(one.index()));
            }
            return indices;
        }

        @Override
        public Forgotten remove() {
            synchronized (MemoryEventStore.this) {
                List<Held> all = new ArrayList<>(events);
                IdentityHashMap<byte[], Boolean> theirRequests = new IdentityHashMap<>();
                long removed = 0;
                events.clear();
                for (Held held : all) {
                    byte[] frame = held.frame();
                    boolean theirs = isTheirs(held);
                    if (theirs) {
                        forget(held);
                        note(held);
                        removed++;
                    } else {
                        events.addLast(held);
                    }
                    if (frame != null
                            && (theirs || !found.getOrDefault(frame, Set.of()).isEmpty())) {
                        theirRequests.put(frame, true);
                    }
                }
                withoutRequests(theirRequests.keySet());
                return new Forgotten(removed, theirRequests.size(), forgetWaiting(this::match));
            }
        }
    }

    /** Removes these requests from the remaining events, which stay. */
    private void withoutRequests(Set<byte[]> frames) {
        List<Held> all = new ArrayList<>(events);
        events.clear();
        for (Held held : all) {
            byte[] frame = held.frame();
            Held now = held;
            if (frame != null && frames.contains(frame)) {
                forget(held);
                now = withoutRequest(held);
                count(now);
            }
            events.addLast(now);
        }
    }

    private static Held withoutRequest(Held held) {
        FailedEvent failed = (FailedEvent) held.event().event();
        CollectorPayload whole = failed.payload();
        CollectorPayload bare = new CollectorPayload(
                whole.api(), null, whole.contentType(), whole.contentEncoding(), null, whole.source(), whole.context());
        RawEvent raw = failed.raw();
        FailedEvent kept = new FailedEvent(
                bare,
                failed.index(),
                raw == null ? null : new RawEvent(bare, raw.parameters(), raw.index()),
                failed.atomic(),
                failed.failures(),
                failed.key());
        StoredEvent stored = held.event();
        return held(new StoredEvent(stored.number(), stored.session(), kept, stored.repeat()), null);
    }

    private long forgetWaiting(Function<WaitingRequest, @Nullable WaitingMatch> matches) {
        long removed = 0;
        for (WaitingRequest request : List.copyOf(waiting.values())) {
            WaitingMatch match = matches.apply(request);
            if (match != null) {
                WaitingRequest left = match.left();
                if (left == null) {
                    waiting.remove(request.origin());
                } else {
                    waiting.put(request.origin(), left);
                }
                match.keys().forEach(this::note);
                removed += match.removed();
            }
        }
        return removed;
    }

    private void note(Held held) {
        EventKey key = held.event().event().key();
        if (key != null) {
            note(new ForgottenKey(
                    held.event().number(), ForgottenKey.ofId(key.id()), ForgottenKey.ofKey(key), received(held)));
        }
    }

    private void note(ForgottenKey key) {
        forgotten.computeIfAbsent(key.idHash(), id -> new ArrayList<>(1)).add(key);
        while (forgotten.size() > MAX_FORGOTTEN) {
            Iterator<UUID> oldest = forgotten.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    @Override
    public synchronized List<ForgottenKey> forgotten(Collection<UUID> ids) {
        return forgotten.isEmpty()
                ? List.of()
                : ids.stream()
                        .flatMap(id -> forgotten.getOrDefault(ForgottenKey.ofId(id), List.of()).stream())
                        .toList();
    }

    @Override
    public synchronized void dropForgotten(Instant before) {
        forgotten.values().removeIf(keys -> {
            keys.removeIf(key -> key.received().isBefore(before));
            return keys.isEmpty();
        });
    }

    @Override
    public synchronized Optional<Instant> newest() {
        return events.stream().map(MemoryEventStore::received).max(Comparator.naturalOrder());
    }

    @Override
    public synchronized long newestAfter(Instant time) {
        return events.stream()
                .filter(held -> received(held).isAfter(time))
                .mapToLong(held -> held.event().number())
                .max()
                .orElse(0);
    }

    @Override
    public synchronized List<WaitingRequest.Summary> waiting() {
        return waiting.values().stream().map(WaitingRequest::summary).toList();
    }

    @Override
    public synchronized Optional<WaitingRequest> waiting(String origin) {
        return Optional.ofNullable(waiting.get(origin));
    }

    @Override
    public synchronized List<Long> failedAt(Failure.Step step, long beyond, int limit) {
        return events.stream()
                .map(Held::event)
                .filter(event -> event.number() > beyond
                        && event.event() instanceof FailedEvent failed
                        && failed.failures().get(0).step() == step)
                .map(StoredEvent::number)
                .sorted()
                .limit(limit)
                .toList();
    }

    @Override
    public void close() {
        // Nothing to release.
    }
}
