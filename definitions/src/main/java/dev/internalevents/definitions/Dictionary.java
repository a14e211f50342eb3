package dev.internalevents.definitions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All events and metrics that are defined, each under its name. Immutable; any number of threads may use it.
 *
 * <pre>{@code
 * Dictionary dictionary = DefinitionFiles.load(Path.of("."));
 * dictionary.event("request_awesome_feature").orElseThrow().description();
 * }</pre>
 */
public final class Dictionary {

    private static final Comparator<EventDefinition> BY_ACTION = Comparator.comparing(EventDefinition::action)
            .thenComparing(event -> event.category().orElse(""));

    private static final Comparator<MetricDefinition> BY_KEY_PATH = Comparator.comparing(MetricDefinition::keyPath)
            .thenComparing(metric -> metric.source().file());

    /** A dictionary without definitions. */
    public static final Dictionary EMPTY = new Dictionary(List.of(), List.of());

    private final Origin origin;
    private final Map<String, EventDefinition> events;
    private final List<EventDefinition> allEvents;
    private final List<MetricDefinition> metrics;
    private final Map<String, MetricDefinition> byKeyPath;
    private final Map<String, List<MetricDefinition>> metricsByEvent;

    /** Creates a dictionary from existing definitions; of two with the same name, the first wins. */
    public Dictionary(Collection<EventDefinition> events, Collection<MetricDefinition> metrics) {
        this(events, metrics, Origin.of(Stream.concat(events.stream(), metrics.stream())));
    }

    /** Creates a dictionary from definitions that were read. */
    public Dictionary(Collection<EventDefinition> events, Collection<MetricDefinition> metrics, Origin origin) {
        this.origin = origin;
        this.events = index(events);
        this.allEvents = events.stream().sorted(BY_ACTION).toList();
        Map<String, MetricDefinition> keyPaths = new TreeMap<>();
        this.metrics = distinct(metrics, keyPaths);
        Map<String, List<MetricDefinition>> users = new LinkedHashMap<>();
        for (MetricDefinition metric : this.metrics) {
            metric.rules().stream()
                    .map(SelectionRule::event)
                    .distinct()
                    .forEach(event -> users.computeIfAbsent(event, name -> new ArrayList<>())
                            .add(metric));
        }
        users.replaceAll((event, list) -> List.copyOf(list));
        this.byKeyPath = Collections.unmodifiableMap(keyPaths);
        this.metricsByEvent = Collections.unmodifiableMap(users);
    }

    /** Returns the event with this action. */
    public Optional<EventDefinition> event(String action) {
        return Optional.ofNullable(events.get(action));
    }

    /**
     * Returns whether a file seems to define this event but was skipped because of errors. Possible with
     * {@link Reading#dictionary()}, but not if reading them throws on errors.
     */
    public boolean isLeftOut(String action) {
        return origin.eventsLeftOut().contains(action) && !events.containsKey(action);
    }

    /**
     * Returns where to put the file of a new event: next to the definitions that were read. The class path is assumed
     * to correspond to {@code src/main/resources}.
     *
     * @return for example {@code src/main/resources/internal-events/events/close_door.yml}
     */
    public String fileOfNewEvent(String action) {
        return origin.eventsFolder() + "/" + action + ".yml";
    }

    /**
     * Returns the metric with this key path: with the suffix of a time frame, or without it for a list of time frames.
     */
    public Optional<MetricDefinition> metric(String keyPath) {
        MetricDefinition metric = byKeyPath.get(keyPath);
        return metric != null
                ? Optional.of(metric)
                : metrics.stream()
                        .filter(written -> written.keyPath().equals(keyPath))
                        .findFirst();
    }

    /**
     * Returns one event for each action, by action; if several share an action, the one that {@link #event} returns.
     */
    public Collection<EventDefinition> events() {
        return events.values();
    }

    /** Returns all events, by action and category: older events may share an action if their categories differ. */
    public List<EventDefinition> allEvents() {
        return allEvents;
    }

    /** Returns all metrics, by key path. */
    public Collection<MetricDefinition> metrics() {
        return metrics;
    }

    /**
     * Returns the files with errors, whose definitions were skipped. Possible with {@link Reading#dictionary()} and
     * {@link Reading#withoutWrongFiles}; otherwise empty.
     */
    public Set<String> filesLeftOut() {
        return origin.filesLeftOut();
    }

    /** Returns the metrics that an event feeds, including removed ones, by key path. */
    public List<MetricDefinition> metricsCounting(String action) {
        return metricsByEvent.getOrDefault(action, List.of());
    }

    /** Returns the events that a group owns, by action. */
    public List<EventDefinition> eventsOwnedBy(String productGroup) {
        return events.values().stream()
                .filter(event ->
                        event.productGroup().filter(productGroup::equals).isPresent())
                .toList();
    }

    /** Returns the events of a tier, by action. */
    public List<EventDefinition> eventsIn(Tier tier) {
        return events.values().stream()
                .filter(event -> event.tiers().contains(tier))
                .toList();
    }

    /** Returns the metrics that a group owns, by key path. */
    public List<MetricDefinition> metricsOwnedBy(String productGroup) {
        return metrics.stream()
                .filter(metric ->
                        metric.productGroup().filter(productGroup::equals).isPresent())
                .toList();
    }

    /** Returns the metrics of a tier, by key path. */
    public List<MetricDefinition> metricsIn(Tier tier) {
        return metrics.stream().filter(metric -> metric.tiers().contains(tier)).toList();
    }

    /** Returns all groups that own something, by name. */
    public List<String> productGroups() {
        return Stream.concat(
                        events.values().stream().map(EventDefinition::productGroup),
                        metrics.stream().map(MetricDefinition::productGroup))
                .flatMap(Optional::stream)
                .distinct()
                .sorted()
                .toList();
    }

    public boolean isEmpty() {
        return events.isEmpty() && metrics.isEmpty();
    }

    private static Map<String, EventDefinition> index(Collection<EventDefinition> events) {
        Map<String, EventDefinition> index = new TreeMap<>();
        events.forEach(event -> index.putIfAbsent(event.action(), event));
        return Collections.unmodifiableMap(index);
    }

    /**
     * Returns the metrics without those whose key path is taken by an earlier one. Key paths are compared with their
     * suffixes: two files may have the same key path for different time frames.
     *
     * @param byKeyPath receives each key path
     */
    private static List<MetricDefinition> distinct(
            Collection<MetricDefinition> metrics, Map<String, MetricDefinition> byKeyPath) {
        List<MetricDefinition> distinct = new ArrayList<>();
        for (MetricDefinition metric : metrics) {
            Set<String> keyPaths = metric.keyPaths().keySet();
            if (keyPaths.stream().noneMatch(byKeyPath::containsKey)) {
                keyPaths.forEach(keyPath -> byKeyPath.put(keyPath, metric));
                distinct.add(metric);
            }
        }
        distinct.sort(BY_KEY_PATH);
        return List.copyOf(distinct);
    }
}
