package dev.internalevents.metrics;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.TimeFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The counters that a dictionary's metrics need, by event. Immutable. Counting looks up an event's name once and
 * touches only that event's counters.
 */
public final class Counters {

    /** The properties that every event has, without declaring them. */
    static final Set<String> BUILT_IN = Set.of("label", "property", "value");

    private static final String[] NO_PROPERTIES = {};

    private final Map<String, EventRules> byEvent;
    private final Map<String, String[]> filterProperties;
    private final Map<CounterKey, Counter> byKey;
    private final Map<String, Counter> byName;
    private final List<Counter> all;

    private Counters(Map<CounterKey, Counter> byKey, Predicate<String> counted) {
        this.byKey = Map.copyOf(byKey);
        this.all = List.copyOf(byKey.values());
        this.byName = all.stream()
                .collect(Collectors.toUnmodifiableMap(counter -> counter.key().toString(), counter -> counter));
        Map<String, List<Counter>> lists = new HashMap<>();
        all.stream()
                .filter(counter -> counted.test(counter.key().event()))
                .forEach(counter -> lists.computeIfAbsent(counter.key().event(), name -> new ArrayList<>())
                        .add(counter));
        Map<String, EventRules> rules = new HashMap<>();
        Map<String, String[]> properties = new HashMap<>();
        lists.forEach((event, list) -> {
            EventRules ofEvent = new EventRules(list);
            rules.put(event, ofEvent);
            properties.put(event, ofEvent.properties());
        });
        this.byEvent = Map.copyOf(rules);
        this.filterProperties = Map.copyOf(properties);
    }

    /**
     * Returns the counters of the metrics that are computed from events, see {@link MetricDefinition#counted}. Events
     * whose definition file is invalid are not counted.
     */
    public static Counters of(Dictionary dictionary) {
        Map<CounterKey, SelectionRule> rules = new LinkedHashMap<>();
        Set<CounterKey> weekly = new HashSet<>();
        Set<CounterKey> allTime = new HashSet<>();
        for (MetricDefinition metric : dictionary.metrics()) {
            if (!metric.counted()) {
                continue;
            }
            for (SelectionRule rule : metric.rules()) {
                CounterKey key = CounterKey.of(rule);
                rules.putIfAbsent(key, rule);
                for (TimeFrame frame : metric.timeFrames()) {
                    (frame == TimeFrame.ALL ? allTime : weekly).add(key);
                }
            }
        }
        Map<CounterKey, Counter> counters = new LinkedHashMap<>();
        rules.forEach((key, rule) ->
                counters.put(key, new Counter(counters.size(), rule, weekly.contains(key), allTime.contains(key))));
        // A count of an event whose definition is invalid would mean nothing.
        return new Counters(counters, event -> !dictionary.isLeftOut(event));
    }

    /** Returns all counters, by {@link Counter#index}. */
    public List<Counter> all() {
        return all;
    }

    /** Returns the counter of a rule; null if the rule belongs to another dictionary. */
    public @Nullable Counter counter(CounterKey key) {
        return byKey.get(key);
    }

    /** Returns the counter with the text of its {@link CounterKey}; null if it belongs to another dictionary. */
    @Nullable
    Counter named(String key) {
        return byName.get(key);
    }

    /** Returns whether an event with this name can change any counter. */
    public boolean counts(String event) {
        return byEvent.containsKey(event);
    }

    /** Returns the additional properties, except the built-in ones, that the filters of this event's counters use. */
    String[] filterProperties(String event) {
        return filterProperties.getOrDefault(event, NO_PROPERTIES);
    }

    /** Adds an event to every counter whose filter it matches. Blocks only if the sink does. */
    public void count(CountedEvent event, CounterSink sink) {
        EventRules rules = byEvent.get(event.name());
        if (rules != null) {
            rules.count(event, Week.of(event.epochMillis()), sink);
        }
    }
}
