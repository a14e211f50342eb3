package dev.internalevents.store;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.RequestBody;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores events in memory, up to a number and a size in bytes; beyond either limit the oldest are evicted. A good event
 * is stored without the body of its request. A failed one is stored with its whole request, which counts once however
 * many events share it.
 */
public final class MemoryEventStore implements EventStore {

    private final MemoryEvents events;
    private final MemoryForgotten forgotten = new MemoryForgotten();
    private final Map<String, WaitingRequest> waiting = new LinkedHashMap<>();
    private @Nullable Progress progress;

    /**
     * Creates an empty store.
     *
     * @param maxEvents maximum number of events, 1 or more
     * @param maxBytes maximum heap size of the events in bytes, as {@link HeapSize} estimates it; the newest event
     *     stays whatever its size
     */
    public MemoryEventStore(int maxEvents, long maxBytes) {
        this(maxEvents, maxBytes, Math.max(1, maxEvents / 10));
    }

    /**
     * Creates an empty store as {@link #MemoryEventStore(int, long)} does.
     *
     * @param maxRepeats maximum number of repeats, 1 or more; beyond it the older half of them is evicted, so that
     *     repeats from retries never displace other events
     */
    public MemoryEventStore(int maxEvents, long maxBytes, int maxRepeats) {
        this.events = new MemoryEvents(new MemoryEvents.Limits(maxEvents, maxBytes, maxRepeats));
    }

    // Writing

    @Override
    public synchronized Progress progress(UUID spool) {
        return progress != null && progress.place().spool().equals(spool) ? progress : Progress.start(spool);
    }

    @Override
    public int write(EventSource source) {
        List<MemoryEvent> taken = new ArrayList<>();
        for (EventSource.Entry entry = source.peek(); entry != null; entry = source.peek()) {
            taken.add(MemoryEvent.of(entry.event(), entry.frame()));
            source.advance();
        }
        synchronized (this) {
            taken.forEach(events::add);
            EventSource.WaitingChanges changes = source.waitingChanges();
            changes.settled().forEach(waiting::remove);
            changes.added().forEach(request -> waiting.put(request.origin(), request));
            Progress reached = source.progress();
            progress = reached == null ? progress : reached;
        }
        return taken.size();
    }

    @Override
    public synchronized void replace(StoredEvent event) {
        events.replace(old -> old.number() == event.number() ? MemoryEvent.of(event, old.frame()) : null);
    }

    @Override
    public synchronized Summary reset(@Nullable String session) {
        events.removeIf(event -> event.stored().isOf(session));
        if (session == null) {
            waiting.clear();
            forgotten.clear();
        }
        events.countReset(session == null);
        return events.summary(session);
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
        // All events are checked: the clock may have changed, so they are not ordered by time.
        long removable = ages.removable();
        long removed = events.removeIf(event -> event.number() <= removable
                && (Ages.isAhead(event.received(), now)
                        ? event.number() <= foundBefore
                        : event.received().isBefore(oldest)));
        events.addEvicted(removed);
        return new Removed(removed, 0, 0);
    }

    // Reading

    @Override
    public synchronized List<StoredKey> known(Collection<UUID> ids) {
        return events.known(ids);
    }

    @Override
    public synchronized Summary summary(@Nullable String session) {
        return events.summary(session);
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit) {
        return EventMatch.sorted(found(query), query).skip(offset).limit(limit).toList();
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
        RawEvent raw = event.raw();
        RequestBody body = event.payload().body();
        return (raw == null ? 0 : raw.parameters().length()) + (body == null ? 0 : body.size());
    }

    @Override
    public long count(EventQuery query) {
        return found(query).count();
    }

    private Stream<StoredEvent> found(EventQuery query) {
        return between(query.beyond(), query.before()).stream().filter(EventMatch.of(query));
    }

    private synchronized List<StoredEvent> between(long beyond, long before) {
        return events.between(beyond, before);
    }

    @Override
    public synchronized Optional<StoredEvent> withNumber(long number) {
        return numbered(number).map(MemoryEvent::stored);
    }

    @Override
    public synchronized Optional<byte[]> frame(long number) {
        return numbered(number).flatMap(event -> Optional.ofNullable(event.frame()));
    }

    private Optional<MemoryEvent> numbered(long number) {
        return events.stream().filter(event -> event.number() == number).findFirst();
    }

    @Override
    public List<StoredEvent> withId(UUID id, @Nullable String session) {
        return ofSession(session).stream()
                .filter(event -> id.toString().equals(event.event().atomic().text("event_id")))
                .toList();
    }

    @Override
    public List<String> columns(@Nullable String session) {
        return new MemoryStatistics(ofSession(session)).columns();
    }

    @Override
    public Map<String, ColumnStats> columnStats(List<String> columns, @Nullable String session) {
        return new MemoryStatistics(ofSession(session)).columnStats(columns);
    }

    @Override
    public List<Point> timeline(List<Bucket> buckets, EventQuery query) {
        return new MemoryStatistics(found(query).toList()).timeline(buckets);
    }

    private List<StoredEvent> ofSession(@Nullable String session) {
        return between(0, Long.MAX_VALUE).stream()
                .filter(event -> event.isOf(session))
                .toList();
    }

    @Override
    public synchronized List<Long> failedAt(Failure.Step step, long beyond, int limit) {
        return events.stream()
                .map(MemoryEvent::stored)
                .filter(event -> event.number() > beyond
                        && event.event() instanceof FailedEvent failed
                        && failed.failures().get(0).step() == step)
                .map(StoredEvent::number)
                .sorted()
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<Instant> newest() {
        return events.stream().map(MemoryEvent::received).max(Comparator.naturalOrder());
    }

    @Override
    public synchronized long newestAfter(Instant time) {
        return events.stream()
                .filter(event -> event.received().isAfter(time))
                .mapToLong(MemoryEvent::number)
                .max()
                .orElse(0);
    }

    /** Returns the estimated heap size of the events in bytes. */
    synchronized long bytes() {
        return events.bytes();
    }

    // Waiting requests

    @Override
    public synchronized List<WaitingRequest.Summary> waiting() {
        return waiting.values().stream().map(WaitingRequest::summary).toList();
    }

    @Override
    public synchronized Optional<WaitingRequest> waiting(String origin) {
        return Optional.ofNullable(waiting.get(origin));
    }

    // Forgetting persons

    @Override
    public PersonRemoval removal(PersonMatch persons, RawRequests requests) {
        return new MemoryRemoval(this, persons, requests);
    }

    synchronized List<MemoryEvent> events() {
        return events.stream().toList();
    }

    synchronized List<WaitingRequest> waitingRequests() {
        return List.copyOf(waiting.values());
    }

    synchronized Forgotten remove(MemoryRemoval removal, Consumer<Set<Long>> before) {
        before.accept(events.stream()
                .filter(event -> !event.stored().isGood() && removal.isTheirs(event))
                .map(MemoryEvent::number)
                .collect(Collectors.toSet()));
        IdentityHashMap<byte[], Boolean> theirRequests = new IdentityHashMap<>();
        long removed = events.removeIf(event -> {
            byte[] frame = event.frame();
            boolean theirs = removal.isTheirs(event);
            if (theirs) {
                ForgottenKey key = MemoryRemoval.keyOf(event);
                if (key != null) {
                    forgotten.add(key);
                }
            }
            if (frame != null && (theirs || removal.isTheirs(frame))) {
                theirRequests.put(frame, true);
            }
            return theirs;
        });
        withoutRequests(theirRequests.keySet());
        return new Forgotten(removed, theirRequests.size(), removeWaiting(removal));
    }

    /** Removes these requests from the remaining events, which stay. */
    private void withoutRequests(Set<byte[]> frames) {
        events.replace(event -> {
            byte[] frame = event.frame();
            return frame != null && frames.contains(frame) ? event.withoutRequest() : null;
        });
    }

    private long removeWaiting(MemoryRemoval removal) {
        long removed = 0;
        for (WaitingRequest request : List.copyOf(waiting.values())) {
            WaitingMatch match = removal.match(request);
            if (match != null) {
                WaitingRequest left = match.left();
                if (left == null) {
                    waiting.remove(request.origin());
                } else {
                    waiting.put(request.origin(), left);
                }
                match.keys().forEach(forgotten::add);
                removed += match.removed();
            }
        }
        return removed;
    }

    @Override
    public synchronized List<ForgottenKey> forgotten(Collection<UUID> ids) {
        return forgotten.withIds(ids);
    }

    @Override
    public synchronized void dropForgotten(Instant before) {
        forgotten.dropBefore(before);
    }

    @Override
    public void close() {
        // Nothing to release.
    }
}
