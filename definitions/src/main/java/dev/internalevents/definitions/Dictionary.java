package dev.internalevents.definitions;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All events and metrics that are defined, each under its name. Immutable; any number of threads may use it.
 *
 * <pre>{@code
 * Dictionary dictionary = Dictionary.load(Path.of("."));
 * dictionary.event("request_awesome_feature").orElseThrow().description();
 * }</pre>
 */
public final class Dictionary {

    /** A dictionary without any definition. */
    public static final Dictionary EMPTY = new Dictionary(List.of(), List.of());

    private final Set<String> leftOut;
    private final String eventsFolder;
    private final Map<String, EventDefinition> events;
    private final Map<String, MetricDefinition> metrics;
    private final Map<String, MetricDefinition> byKeyPath;
    private final Map<String, List<MetricDefinition>> metricsByEvent;

    /** A dictionary of definitions that are known already; of two with the same name, the first counts. */
    public Dictionary(Collection<EventDefinition> events, Collection<MetricDefinition> metrics) {
        this(events, metrics, Set.of(), "");
    }

    Dictionary(
            Collection<EventDefinition> events,
            Collection<MetricDefinition> metrics,
            Collection<String> leftOut,
            String root) {
        this.leftOut = Set.copyOf(leftOut);
        this.events = index(events, EventDefinition::action);
        this.metrics = index(metrics, MetricDefinition::keyPath);
        Map<String, MetricDefinition> keyPaths = new TreeMap<>();
        Map<String, List<MetricDefinition>> users = new LinkedHashMap<>();
        for (MetricDefinition metric : this.metrics.values()) {
            metric.keyPaths().keySet().forEach(keyPath -> keyPaths.putIfAbsent(keyPath, metric));
            metric.rules().stream()
                    .map(SelectionRule::event)
                    .distinct()
                    .forEach(event -> users.computeIfAbsent(event, name -> new ArrayList<>())
                            .add(metric));
        }
        users.replaceAll((event, list) -> List.copyOf(list));
        this.eventsFolder = EventsFolder.inProject(root) + EventsFolder.of(this);
        this.byKeyPath = Collections.unmodifiableMap(keyPaths);
        this.metricsByEvent = Collections.unmodifiableMap(users);
    }

    /**
     * Reads every definition below a folder: {@code config/events}, {@code config/metrics}, the same below {@code ee}, and
     * {@code events} and {@code metrics}. Blocks while files are read.
     *
     * @throws InvalidDefinitionsException when there is no definition, or any is wrong
     */
    public static Dictionary load(Path root) {
        return read(root).orElseThrow();
    }

    /**
     * Reads every definition below a folder of the class path, as {@link #load(Path)} does. Blocks while files are read.
     *
     * @param folder for example {@code internal-events}
     * @throws InvalidDefinitionsException when there is no definition, or any is wrong
     */
    public static Dictionary loadFromClassPath(String folder, ClassLoader loader) {
        return DefinitionFiles.readClassPath(folder, loader).orElseThrow();
    }

    /** Reads what {@link #load(Path)} reads, and says what is wrong instead of throwing. Blocks while files are read. */
    public static Reading read(Path root) {
        return DefinitionFiles.read(root);
    }

    /**
     * Reads definitions that are texts already, wherever they came from.
     *
     * @param texts by path, for example {@code events/request_awesome_feature.yml}
     * @param root where they came from, for messages: a folder, or {@code classpath:} and a folder
     */
    public static Reading read(Map<String, String> texts, String root) {
        return DefinitionFiles.read(texts, root);
    }

    /** The event with this action. */
    public Optional<EventDefinition> event(String action) {
        return Optional.ofNullable(events.get(action));
    }

    /**
     * Whether a file seems to define this event and was left out because it is wrong. {@link Reading#dictionary()} has
     * such events; what {@link #load} returns has none.
     */
    public boolean isLeftOut(String action) {
        return leftOut.contains(action) && !events.containsKey(action);
    }

    /**
     * Where the file of a further event belongs: beside the definitions that were read. What was read from the class path is
     * taken for files below {@code src/main/resources}.
     *
     * @return for example {@code src/main/resources/internal-events/events/close_door.yml}
     */
    public String fileOfNewEvent(String action) {
        return eventsFolder + "/" + action + ".yml";
    }

    /** The metric with this key path, with the suffix of a time frame or, for a list of time frames, without. */
    public Optional<MetricDefinition> metric(String keyPath) {
        MetricDefinition metric = byKeyPath.get(keyPath);
        return Optional.ofNullable(metric == null ? metrics.get(keyPath) : metric);
    }

    /** All events, by action. */
    public Collection<EventDefinition> events() {
        return events.values();
    }

    /** All metrics, by key path. */
    public Collection<MetricDefinition> metrics() {
        return metrics.values();
    }

    /** The metrics that an event feeds, removed ones among them, by key path. */
    public List<MetricDefinition> metricsOf(String action) {
        return metricsByEvent.getOrDefault(action, List.of());
    }

    /** The events that a group owns, by action. */
    public List<EventDefinition> eventsOf(String productGroup) {
        return events.values().stream()
                .filter(event ->
                        event.productGroup().filter(productGroup::equals).isPresent())
                .toList();
    }

    /** The events of a tier, by action. */
    public List<EventDefinition> eventsOf(Tier tier) {
        return events.values().stream()
                .filter(event -> event.tiers().contains(tier))
                .toList();
    }

    /** The metrics that a group owns, by key path. */
    public List<MetricDefinition> metricsOwnedBy(String productGroup) {
        return metrics.values().stream()
                .filter(metric ->
                        metric.productGroup().filter(productGroup::equals).isPresent())
                .toList();
    }

    /** The metrics of a tier, by key path. */
    public List<MetricDefinition> metricsOf(Tier tier) {
        return metrics.values().stream()
                .filter(metric -> metric.tiers().contains(tier))
                .toList();
    }

    /** Every group that owns something, by name. */
    public List<String> productGroups() {
        return Stream.concat(
                        events.values().stream().map(EventDefinition::productGroup),
                        metrics.values().stream().map(MetricDefinition::productGroup))
                .flatMap(Optional::stream)
                .distinct()
                .sorted()
                .toList();
    }

    public boolean isEmpty() {
        return events.isEmpty() && metrics.isEmpty();
    }

    private static <T> Map<String, T> index(Collection<T> definitions, Function<T, String> name) {
        Map<String, T> index = new TreeMap<>();
        definitions.forEach(definition -> index.putIfAbsent(name.apply(definition), definition));
        return Collections.unmodifiableMap(index);
    }
}
