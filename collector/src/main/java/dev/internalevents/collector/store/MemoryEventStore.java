package dev.internalevents.collector.store;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.SelfDescribingJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Events in memory, bounded in number and in bytes: when either is reached the oldest make room. */
public final class MemoryEventStore implements EventStore {

    /** What an event costs beyond the text that it carries, roughly. */
    private static final long OVERHEAD_BYTES = 3_000;

    private static final int MAX_VALUES = 1_000;

    private final int maxEvents;
    private final long maxBytes;
    private final Deque<Held> events = new ArrayDeque<>();
    private final Map<UUID, List<EventKey>> keys = new HashMap<>();
    private long bytes;
    private long last;
    private int good;
    private long evicted;
    private long resets;
    private @Nullable Progress progress;

    /**
     * An empty store.
     *
     * @param maxEvents 1 or more
     * @param maxBytes of the requests that the events came with
     */
    public MemoryEventStore(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** An event with its share of the memory, and of a failed one the request. */
    private record Held(StoredEvent event, long bytes, byte @Nullable [] frame) {}

    @Override
    public synchronized Progress progress(UUID spool) {
        return progress != null && progress.spool().equals(spool) ? progress : Progress.start(spool);
    }

    @Override
    public int write(EventSource source) {
        List<Held> taken = new ArrayList<>();
        for (EventSource.Entry entry = source.peek(); entry != null; entry = source.peek()) {
            taken.add(new Held(entry.event(), size(entry.event().event()), entry.frame()));
            source.advance();
        }
        synchronized (this) {
            taken.forEach(this::add);
            progress = source.progress();
        }
        return taken.size();
    }

    private void add(Held held) {
        events.addFirst(held);
        bytes += held.bytes();
        last = Math.max(last, held.event().number());
        good += held.event().isGood() ? 1 : 0;
        EventKey key = held.event().event().key();
        if (key != null) {
            keys.computeIfAbsent(key.id(), id -> new ArrayList<>(1)).add(key);
        }
        while (events.size() > maxEvents || (bytes > maxBytes && events.size() > 1)) {
            forget(events.removeLast());
            evicted++;
        }
    }

    private void forget(Held held) {
        bytes -= held.bytes();
        good -= held.event().isGood() ? 1 : 0;
        EventKey key = held.event().event().key();
        if (key != null) {
            keys.computeIfPresent(key.id(), (id, held2) -> {
                held2.remove(key);
                return held2.isEmpty() ? null : held2;
            });
        }
    }

    @Override
    public synchronized List<EventKey> known(Collection<UUID> ids) {
        return ids.stream()
                .flatMap(id -> keys.getOrDefault(id, List.of()).stream())
                .toList();
    }

    @Override
    public synchronized Summary summary(@Nullable String session) {
        if (session == null) {
            return new Summary(good, events.size() - good, last, evicted, resets);
        }
        long ofSession =
                events.stream().filter(held -> held.event().isOf(session)).count();
        long goodOnes = events.stream()
                .filter(held -> held.event().isOf(session) && held.event().isGood())
                .count();
        return new Summary(goodOnes, ofSession - goodOnes, last, evicted, resets);
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
    public long count(EventQuery query) {
        return found(query).count();
    }

    private Stream<StoredEvent> found(EventQuery query) {
        Predicate<StoredEvent> matching = matching(query);
        return snapshot().stream().filter(matching);
    }

    private synchronized List<StoredEvent> snapshot() {
        List<StoredEvent> all = new ArrayList<>(events.size());
        events.forEach(held -> all.add(held.event()));
        return all;
    }

    private record Sorted(StoredEvent event, @Nullable Object value) {}

    private static @Nullable Object sortValue(StoredEvent event, String column) {
        Object atomic = event.event().atomic().get(column);
        if (atomic != null) {
            return atomic;
        }
        List<String> values = FlatEvent.values(FlatEvent.of(event), column);
        return values.isEmpty() ? null : values.get(0);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // A column has one type.
    private static int compare(Object one, Object other) {
        return one.getClass() == other.getClass()
                ? ((Comparable) one).compareTo(other)
                : one instanceof BigDecimal || other instanceof BigDecimal
                        ? new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString()))
                        : one.toString().compareTo(other.toString());
    }

    private static Predicate<StoredEvent> matching(EventQuery query) {
        return event -> (query.good() == null || query.good() == event.isGood())
                && event.number() > query.beyond()
                && event.isOf(query.session())
                && isWithin(event, query.from(), query.to())
                && hasSchemas(event, query)
                && query.filters().stream().allMatch(filter -> matches(event, filter));
    }

    private static boolean isWithin(StoredEvent event, @Nullable Instant from, @Nullable Instant to) {
        Instant received = event.event().payload().context().timestamp();
        return (from == null || !received.isBefore(from)) && (to == null || received.isBefore(to));
    }

    private static boolean hasSchemas(StoredEvent event, EventQuery query) {
        if (query.schema() == null && query.contexts().isEmpty()) {
            return true;
        }
        return event.event() instanceof GoodEvent goodEvent
                && (query.schema() == null
                        || query.schema().equals(goodEvent.schema().toString()))
                && goodEvent.contexts().list().stream()
                        .map(SelfDescribingJson::schema)
                        .map(Object::toString)
                        .collect(Collectors.toSet())
                        .containsAll(query.contexts());
    }

    private static boolean matches(StoredEvent event, EventQuery.Filter filter) {
        List<String> values = filter.column().equals(EventQuery.TITLE)
                ? List.of(FlatEvent.title(event))
                : FlatEvent.values(FlatEvent.of(event), filter.column());
        return values.stream()
                .anyMatch(value -> filter.contains()
                        ? filter.values().stream()
                                .anyMatch(
                                        part -> value.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                        : filter.values().contains(value));
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
                Map<String, @Nullable Object> flat = FlatEvent.of(event);
                counts.forEach((column, values) ->
                        FlatEvent.values(flat, column).forEach(value -> values.merge(value, 1, Integer::sum)));
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
                if (isWithin(event, buckets.get(i).start(), buckets.get(i).end())) {
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
        evicted = session == null ? 0 : evicted;
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
            boolean same = held.event().number() == event.number();
            if (same) {
                good += (event.isGood() ? 1 : 0) - (held.event().isGood() ? 1 : 0);
            }
            events.addLast(same ? new Held(event, held.bytes(), event.isGood() ? null : held.frame()) : held);
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
        // One that is young does not hold up those behind it: their times are what the clock said.
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
    public void close() {
        // Memory ends with the process.
    }

    private static long size(ProcessedEvent event) {
        RequestBody body = event.payload().body();
        String query = event.payload().querystring();
        long payload = body != null ? body.size() : query != null ? query.length() : 0;
        // The events of one request share it; each is counted with what it says itself.
        long own = event.raw() == null
                ? payload
                : event.raw().parameters().parameters().values().stream()
                        .mapToLong(String::length)
                        .sum();
        return OVERHEAD_BYTES + 4 * Math.min(payload, own + 500);
    }
}
