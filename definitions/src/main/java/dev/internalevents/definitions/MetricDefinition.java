package dev.internalevents.definitions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A metric, as defined in its file. Lists preserve the file's order and are immutable.
 *
 * @param key where its values are in the Service Ping
 * @param label what people read about it
 * @param value what its values are, and what they may be used for
 * @param computation how its values are computed
 */
public record MetricDefinition(
        Key key,
        Label label,
        Value value,
        Computation computation,
        ProductArea area,
        Lifecycle lifecycle,
        Source source)
        implements Definition {

    /**
     * Where the values of a metric are in the Service Ping.
     *
     * @param path the dotted path; with several time frames, without their suffixes
     * @param timeFrames one or more
     * @param suffixed whether the file has a list of time frames, so that each has its own key path
     */
    public record Key(String path, Set<TimeFrame> timeFrames, boolean suffixed) {

        public Key {
            timeFrames = Copies.of(timeFrames);
        }

        /** Creates the key of a file with a list of time frames. */
        public static Key suffixed(String path, Set<TimeFrame> timeFrames) {
            return new Key(path, timeFrames, true);
        }

        private Map<String, TimeFrame> paths() {
            Map<String, TimeFrame> paths = new LinkedHashMap<>();
            timeFrames.forEach(frame -> paths.put(suffixed ? path + frame.suffix() : path, frame));
            return paths;
        }
    }

    /** What people read about a metric. */
    public record Label(String description, Optional<String> name) {}

    /** What the values of a metric are, and what they may be used for. */
    public record Value(ValueType type, DataCategory category, List<String> performanceIndicatorTypes) {

        /** A number of the category {@link DataCategory#OPTIONAL}. */
        public static final Value NUMBER = new Value(ValueType.NUMBER, DataCategory.OPTIONAL, List.of());

        public Value {
            performanceIndicatorTypes = List.copyOf(performanceIndicatorTypes);
        }
    }

    /**
     * How the values of a metric are computed.
     *
     * @param instrumentationClass the class that computes it, for sources other than {@link DataSource#INTERNAL_EVENTS}
     * @param rules the events that are counted; empty if it counts none, as with most other data sources. All have the
     *     same kind of measure
     */
    public record Computation(
            DataSource dataSource, Optional<String> instrumentationClass, List<SelectionRule> rules) {

        public Computation {
            rules = List.copyOf(rules);
        }

        /** Counts internal events. */
        public static Computation of(SelectionRule... rules) {
            return new Computation(DataSource.INTERNAL_EVENTS, Optional.empty(), List.of(rules));
        }
    }

    /** Returns the dotted path in the Service Ping; with several time frames, without their suffixes. */
    public String keyPath() {
        return key.path();
    }

    /** Returns the time frame of each of the metric's values, by key path in the Service Ping. */
    public Map<String, TimeFrame> keyPaths() {
        return key.paths();
    }

    public Set<TimeFrame> timeFrames() {
        return key.timeFrames();
    }

    @Override
    public String description() {
        return label.description();
    }

    public Optional<String> name() {
        return label.name();
    }

    public ValueType valueType() {
        return value.type();
    }

    public DataCategory dataCategory() {
        return value.category();
    }

    public List<String> performanceIndicatorTypes() {
        return value.performanceIndicatorTypes();
    }

    public DataSource dataSource() {
        return computation.dataSource();
    }

    /** Returns the class that computes it; empty if events are counted. */
    public Optional<String> instrumentationClass() {
        return computation.instrumentationClass();
    }

    /** Returns the events that are counted; empty if it counts none. */
    public List<SelectionRule> rules() {
        return computation.rules();
    }

    /** Returns where the repair of a broken metric is tracked. */
    public Optional<String> repairIssueUrl() {
        return lifecycle().repairIssueUrl();
    }

    /** Returns whether its value is computed here, from events. */
    public boolean counted() {
        return !rules().isEmpty() && status() != Status.REMOVED;
    }
}
