package dev.internalevents.store;

import dev.internalevents.pipeline.AtomicFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Describes events in memory: their columns, the values of columns, and their number over time. */
final class MemoryStatistics {

    private static final int MAX_VALUES = 1_000;

    private final List<StoredEvent> events;

    MemoryStatistics(List<StoredEvent> events) {
        this.events = events;
    }

    List<String> columns() {
        Set<String> atomic = new HashSet<>();
        Set<String> json = new TreeSet<>();
        for (StoredEvent event : events) {
            event.event().atomic().forEach((name, value) -> atomic.add(name));
            json.addAll(FlatEvent.columnsOfJson(FlatEvent.of(event)));
        }
        return Stream.concat(AtomicFields.NAMES.stream().filter(atomic::contains), json.stream())
                .toList();
    }

    Map<String, EventStore.ColumnStats> columnStats(List<String> columns) {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        Set<String> present = new LinkedHashSet<>(columns());
        columns.forEach(column -> counts.put(column, new HashMap<>()));
        for (StoredEvent event : events) {
            counts.forEach((column, values) -> FlatEvent.values(event, column, EventStore.MAX_VALUE_CHARS)
                    .forEach(value -> values.merge(value, 1, Integer::sum)));
        }
        Map<String, EventStore.ColumnStats> stats = new LinkedHashMap<>();
        counts.forEach((column, values) -> stats.put(
                column,
                new EventStore.ColumnStats(present.contains(column), present.contains(column), frequent(values))));
        return stats;
    }

    private static List<String> frequent(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_VALUES)
                .map(Map.Entry::getKey)
                .toList();
    }

    List<EventStore.Point> timeline(List<EventStore.Bucket> buckets) {
        long[] good = new long[buckets.size()];
        long[] bad = new long[buckets.size()];
        for (StoredEvent event : events) {
            for (int i = 0; i < buckets.size(); i++) {
                if (EventMatch.isWithin(
                        event, buckets.get(i).start(), buckets.get(i).end())) {
                    (event.isGood() ? good : bad)[i]++;
                }
            }
        }
        List<EventStore.Point> points = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            points.add(new EventStore.Point(buckets.get(i), good[i], bad[i]));
        }
        return points;
    }
}
