package dev.internalevents.metrics;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.TimeFrame;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values of a dictionary's metrics, computed from the counters in a store. Thread-safe; reading blocks as long as
 * the store does.
 */
public final class Metrics {

    private static final int WEEKS_A_MONTH = 4;

    private final Dictionary dictionary;
    private final Counters counters;
    private final MetricStore store;
    private final Clock clock;

    /**
     * Creates the metrics; reads nothing yet.
     *
     * @param counters the counters of this dictionary, which were used to fill the store
     */
    public Metrics(Dictionary dictionary, Counters counters, MetricStore store, Clock clock) {
        this.dictionary = dictionary;
        this.counters = counters;
        this.store = store;
        this.clock = clock;
    }

    /** Returns all values of all metrics that are computed from events, by key path. */
    public List<MetricValue> values() {
        return values(dictionary.metrics());
    }

    /** Returns the values of the metrics that an event feeds. */
    public List<MetricValue> valuesOf(String event) {
        return values(dictionary.metricsCounting(event));
    }

    /** Returns the value at a key path with the time frame's suffix; empty if no metric computed from events has it. */
    public Optional<MetricValue> value(String keyPath) {
        return dictionary
                .metric(keyPath)
                .filter(MetricDefinition::counted)
                .flatMap(metric -> Optional.ofNullable(metric.keyPaths().get(keyPath))
                        .map(frame -> value(keyPath, metric, frame)));
    }

    private List<MetricValue> values(Collection<MetricDefinition> metrics) {
        return metrics.stream()
                .filter(MetricDefinition::counted)
                .flatMap(metric -> metric.keyPaths().entrySet().stream()
                        .map(entry -> value(entry.getKey(), metric, entry.getValue())))
                .toList();
    }

    private MetricValue value(String keyPath, MetricDefinition metric, TimeFrame frame) {
        try {
            return compute(keyPath, metric, frame);
        } catch (BrokenCounterException e) {
            return MetricValue.broken(keyPath, metric, frame, String.valueOf(e.getMessage()));
        }
    }

    private MetricValue compute(String keyPath, MetricDefinition metric, TimeFrame frame) {
        int thisWeek = Week.of(clock.millis());
        MetricValue.Count complete = count(metric, weeks(frame, thisWeek - 1));
        MetricValue.Count current = frame == TimeFrame.ALL ? complete : count(metric, weeks(frame, thisWeek));
        return new MetricValue(keyPath, metric, frame, complete, current, null);
    }

    private MetricValue.Count count(MetricDefinition metric, int[] weeks) {
        if (metric.rules().get(0).measure() instanceof Measure.TotalBy) {
            Map<String, Map<String, Long>> totals = totals(metric, weeks);
            return new MetricValue.Count(sum(totals), totals);
        }
        return new MetricValue.Count(measure(metric, weeks));
    }

    private static int[] weeks(TimeFrame frame, int last) {
        return switch (frame) {
            case SEVEN_DAYS -> Week.ending(last, 1);
            case TWENTY_EIGHT_DAYS -> Week.ending(last, WEEKS_A_MONTH);
            case ALL, NONE -> MetricStore.ALL_TIME;
        };
    }

    /** Adds up rules that name the same property. Each property has an entry, even if nothing was counted. */
    private Map<String, Map<String, Long>> totals(MetricDefinition metric, int[] weeks) {
        Map<String, List<Counter>> byProperty = new TreeMap<>();
        for (Counter counter : counted(metric)) {
            if (counter.key().measure() instanceof Measure.TotalBy total) {
                byProperty
                        .computeIfAbsent(total.by().property(), property -> new ArrayList<>())
                        .add(counter);
            }
        }
        Map<String, Map<String, Long>> totals = new TreeMap<>();
        byProperty.forEach((property, list) ->
                totals.put(property, Collections.unmodifiableMap(sorted(store.totalsBy(list, weeks)))));
        return Collections.unmodifiableMap(totals);
    }

    private static Map<String, Long> sorted(Map<String, Long> totals) {
        return new TreeMap<>(totals);
    }

    private static BigDecimal sum(Map<String, Map<String, Long>> totals) {
        return BigDecimal.valueOf(
                totals.values().stream().mapToLong(TotalsByValue::sum).sum());
    }

    private List<Counter> counted(MetricDefinition metric) {
        return metric.rules().stream()
                .map(CounterKey::of)
                .distinct()
                .map(key -> Objects.requireNonNull(counters.counter(key), "counters of another dictionary"))
                .toList();
    }

    private BigDecimal measure(MetricDefinition metric, int[] weeks) {
        List<Counter> counted = counted(metric);
        return isUnique(metric.rules())
                ? BigDecimal.valueOf(store.unique(counted, weeks))
                : store.count(counted, weeks);
    }

    private static boolean isUnique(List<SelectionRule> rules) {
        return rules.get(0).measure() instanceof Measure.Unique;
    }
}
