package dev.internalevents.collector.store;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RequestBody;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Events in memory, bounded in number and in bytes: when either is reached the oldest make room. Safe for use by several
 * threads; a reader sees whole batches.
 */
public final class EventStore {

    /** What an event costs beyond the text that it carries, roughly. */
    private static final long OVERHEAD_BYTES = 3_000;

    private final int maxEvents;
    private final long maxBytes;
    private final Deque<Held> events = new ArrayDeque<>();
    private long bytes;
    private long last;
    private int good;
    private long evicted;
    private long resets;

    /**
     * An empty store.
     *
     * @param maxEvents 1 or more
     * @param maxBytes of the requests that the events came with
     */
    public EventStore(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /**
     * What is held.
     *
     * @param good good events
     * @param bad failed events
     * @param last the number of the newest event there ever was
     * @param evicted events that made room for newer ones since the last reset
     * @param resets how often the store was emptied
     */
    public record Summary(int good, int bad, long last, long evicted, long resets) {
        public int total() {
            return good + bad;
        }
    }

    /** Adds the events of one request. */
    public synchronized void add(List<ProcessedEvent> batch) {
        for (ProcessedEvent event : batch) {
            Held held = new Held(new StoredEvent(++last, event), size(event, batch.size()));
            events.addFirst(held);
            bytes += held.bytes();
            good += event instanceof GoodEvent ? 1 : 0;
        }
        while (events.size() > maxEvents || (bytes > maxBytes && events.size() > 1)) {
            Held oldest = events.removeLast();
            bytes -= oldest.bytes();
            good -= oldest.event().event() instanceof GoodEvent ? 1 : 0;
            evicted++;
        }
    }

    public synchronized Summary summary() {
        return new Summary(good, events.size() - good, last, evicted, resets);
    }

    /** Empties the store; answers what is held then, which is nothing. */
    public synchronized Summary reset() {
        events.clear();
        bytes = 0;
        good = 0;
        evicted = 0;
        resets++;
        return summary();
    }

    /**
     * The newest events that match, newest first.
     *
     * @param limit how many at most
     */
    public List<StoredEvent> newest(Predicate<StoredEvent> matching, int limit) {
        List<Held> all;
        synchronized (this) {
            all = new ArrayList<>(events);
        }
        List<StoredEvent> found = new ArrayList<>();
        for (Iterator<Held> each = all.iterator(); each.hasNext() && found.size() < limit; ) {
            StoredEvent event = each.next().event();
            if (matching.test(event)) {
                found.add(event);
            }
        }
        return found;
    }

    /** The event with this number, as long as it is held. */
    public synchronized Optional<StoredEvent> find(long number) {
        return events.stream()
                .map(Held::event)
                .filter(event -> event.number() == number)
                .findFirst();
    }

    private static long size(ProcessedEvent event, int sharedBy) {
        RequestBody body = event.payload().body();
        String query = event.payload().querystring();
        long payload = body != null ? body.size() : query != null ? query.length() : 0;
        return OVERHEAD_BYTES + 4 * payload / sharedBy;
    }

    /** An event with its share of the memory. */
    private record Held(StoredEvent event, long bytes) {}
}
