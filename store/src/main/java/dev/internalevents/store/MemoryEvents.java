package dev.internalevents.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The events of a store in memory, newest first, with their counts, keys and size. Evicts the oldest events beyond the
 * limits. Not safe for use by several threads: the store's lock guards it.
 */
final class MemoryEvents {

    private final Limits limits;
    private final Deque<MemoryEvent> events = new ArrayDeque<>();
    private final Map<UUID, List<StoredKey>> keys = new HashMap<>();

    /** Objects shared by events of one request, with the number of stored events that share each. */
    private final IdentityHashMap<Object, Integer> shared = new IdentityHashMap<>();

    private long bytes;
    private long last;
    private int good;
    private int repeats;
    private long evicted;
    private long resets;

    /**
     * The limits, each 1 or more.
     *
     * @param events maximum number of events
     * @param bytes maximum heap size in bytes; the newest event stays whatever its size
     * @param repeats maximum number of repeats; beyond it the older half of them is evicted
     */
    record Limits(int events, long bytes, int repeats) {}

    MemoryEvents(Limits limits) {
        this.limits = limits;
    }

    void add(MemoryEvent event) {
        events.addFirst(event);
        count(event);
        last = Math.max(last, event.number());
        while (events.size() > limits.events() || (bytes > limits.bytes() && events.size() > 1)) {
            discount(events.removeLast());
            evicted++;
        }
        if (repeats > limits.repeats()) {
            evictOlderRepeats(repeats - limits.repeats() / 2);
        }
    }

    /** Evicts many repeats at a time, because finding them scans all events. */
    private void evictOlderRepeats(int surplus) {
        int left = surplus;
        for (Iterator<MemoryEvent> oldestFirst = events.descendingIterator(); oldestFirst.hasNext() && left > 0; ) {
            MemoryEvent event = oldestFirst.next();
            if (event.stored().repeat()) {
                oldestFirst.remove();
                discount(event);
                left--;
            }
        }
    }

    /** Removes events; returns their number. They do not count as evicted. */
    long removeIf(Predicate<MemoryEvent> condition) {
        long before = events.size();
        events.removeIf(event -> {
            boolean isRemoved = condition.test(event);
            if (isRemoved) {
                discount(event);
            }
            return isRemoved;
        });
        return before - events.size();
    }

    /** Replaces each event for which the function returns another; events for which it returns null stay. */
    void replace(Function<MemoryEvent, @Nullable MemoryEvent> replacement) {
        List<MemoryEvent> all = new ArrayList<>(events);
        events.clear();
        for (MemoryEvent event : all) {
            MemoryEvent other = replacement.apply(event);
            if (other != null) {
                discount(event);
                count(other);
            }
            events.addLast(other == null ? event : other);
        }
    }

    /** Adds to the number of evicted events. */
    void addEvicted(long more) {
        evicted += more;
    }

    /** Counts a reset; a reset of all events sets the number of evicted events to 0. */
    void countReset(boolean ofAll) {
        evicted = ofAll ? 0 : evicted;
        resets++;
    }

    private void count(MemoryEvent event) {
        bytes += event.bytes();
        event.shared().forEach((part, size) -> bytes += shared.merge(part, 1, Integer::sum) == 1 ? size : 0);
        if (event.stored().repeat()) {
            // Not added to the keys: repeats are compared with the first event.
            repeats++;
            return;
        }
        good += event.stored().isGood() ? 1 : 0;
        StoredKey key = event.key();
        if (key != null) {
            keys.computeIfAbsent(key.key().id(), id -> new ArrayList<>(1)).add(key);
        }
    }

    private void discount(MemoryEvent event) {
        bytes -= event.bytes();
        event.shared().forEach((part, size) -> {
            int left = shared.merge(part, -1, Integer::sum);
            if (left == 0) {
                shared.remove(part);
                bytes -= size;
            }
        });
        if (event.stored().repeat()) {
            repeats--;
            return;
        }
        good -= event.stored().isGood() ? 1 : 0;
        StoredKey key = event.key();
        if (key != null) {
            keys.computeIfPresent(key.key().id(), (id, sameId) -> {
                sameId.remove(key);
                return sameId.isEmpty() ? null : sameId;
            });
        }
    }

    /** Returns the estimated heap size of the events in bytes. */
    long bytes() {
        return bytes;
    }

    List<StoredKey> known(Collection<UUID> ids) {
        return ids.stream()
                .flatMap(id -> keys.getOrDefault(id, List.of()).stream())
                .toList();
    }

    EventStore.Summary summary(@Nullable String session) {
        if (session == null) {
            return new EventStore.Summary(good, events.size() - repeats - good, last, evicted, resets);
        }
        List<StoredEvent> ofSession = events.stream()
                .map(MemoryEvent::stored)
                .filter(event -> event.isOf(session) && !event.repeat())
                .toList();
        long goodOnes = ofSession.stream().filter(StoredEvent::isGood).count();
        return new EventStore.Summary(goodOnes, ofSession.size() - goodOnes, last, evicted, resets);
    }

    /** Returns the events, newest first. */
    Stream<MemoryEvent> stream() {
        return events.stream();
    }

    /** Returns the events with numbers between these two, newest first, without a scan of the older ones. */
    List<StoredEvent> between(long beyond, long before) {
        List<StoredEvent> some = new ArrayList<>();
        for (MemoryEvent event : events) {
            long number = event.number();
            if (number <= beyond) {
                break;
            }
            if (number < before) {
                some.add(event.stored());
            }
        }
        return some;
    }
}
