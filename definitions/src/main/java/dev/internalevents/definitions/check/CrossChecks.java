package dev.internalevents.definitions.check;

import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.Source;
import dev.internalevents.definitions.Status;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.UniqueBy;
import dev.internalevents.definitions.yaml.YamlValue.Entry;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks across files: duplicate names and references to undefined ones. */
public final class CrossChecks {

    private final Map<String, EventDefinition> events = new HashMap<>();
    private final Set<String> unreadable;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<EventDefinition> wrongEvents = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<MetricDefinition> wrongMetrics = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param unreadable the actions of events whose files have errors: they are defined, but their content is unknown
     */
    private CrossChecks(Set<String> unreadable) {
        this.unreadable = unreadable;
    }

    /**
     * Checks definitions that are valid by themselves.
     *
     * @return the problems, and the definitions without errors
     */
    public static Checked run(List<EventDefinition> events, List<MetricFile> metrics, Set<String> unreadable) {
        CrossChecks checks = new CrossChecks(unreadable);
        checks.checkActions(events);
        // As in GitLab, events of older metrics need no definition.
        metrics.stream()
                .filter(metric -> metric.definition().dataSource() == DataSource.INTERNAL_EVENTS
                        && metric.definition().counted())
                .forEach(checks::checkRules);
        checks.checkKeyPaths(metrics);
        return new Checked(
                events.stream()
                        .filter(event -> !checks.wrongEvents.contains(event))
                        .toList(),
                metrics.stream()
                        .map(MetricFile::definition)
                        .filter(metric -> !checks.wrongMetrics.contains(metric))
                        .toList(),
                checks.problems);
    }

    /** The definitions without errors, and the problems of all. */
    public record Checked(List<EventDefinition> events, List<MetricDefinition> metrics, List<Problem> problems) {}

    /** Older events are identified by category and action, internal events by action alone. */
    private void checkActions(List<EventDefinition> definitions) {
        Map<String, EventDefinition> seen = new HashMap<>();
        for (EventDefinition event : definitions) {
            String name = event.internal() ? event.action() : event.category().orElse("") + '\n' + event.action();
            EventDefinition before = seen.putIfAbsent(name, event);
            EventDefinition namesake = events.get(event.action());
            if (namesake == null || (event.internal() && !namesake.internal())) {
                events.put(event.action(), event);
            }
            if (before != null) {
                error(event.source(), Keys.ACTION, "\"" + event.action() + "\" is defined already in " + before.source());
                wrongEvents.add(event);
            } else if (namesake != null) {
                warning(
                        event.source(),
                        Keys.ACTION,
                        "\"" + event.action() + "\" is also the action of another event, in " + namesake.source()
                                + "; metrics count both, by the action alone");
            }
            if (event.internal() && !stem(event.source().file()).equals(event.action())) {
                warning(
                        event.source(),
                        Keys.ACTION,
                        "the file of \"" + event.action() + "\" should be named " + event.action() + ".yml");
            }
        }
    }

    private void checkKeyPaths(List<MetricFile> metrics) {
        TreeMap<String, MetricFile> seen = new TreeMap<>();
        for (MetricFile metric : metrics) {
            for (String keyPath : metric.definition().keyPaths().keySet()) {
                MetricFile before = seen.get(keyPath);
                if (before == null || wrongMetrics.contains(before.definition())) {
                    seen.put(keyPath, metric);
                }
                if (before != null && wrongMetrics.contains(before.definition())) {
                    error(metric.definition().source(), Keys.KEY_PATH, definedAlready(keyPath, before));
                } else if (before != null) {
                    error(metric, metric.definition().source(), Keys.KEY_PATH, definedAlready(keyPath, before));
                }
            }
        }
        seen.forEach((keyPath, metric) -> {
            for (int dot = keyPath.lastIndexOf('.'); dot > 0; dot = keyPath.lastIndexOf('.', dot - 1)) {
                MetricFile parent = seen.get(keyPath.substring(0, dot));
                if (parent != null && active(parent) && active(metric)) {
                    error(
                            metric,
                            metric.definition().source(),
                            Keys.KEY_PATH,
                            "\"" + keyPath + "\" lies below \"" + keyPath.substring(0, dot)
                                    + "\", which is a metric itself, in "
                                    + parent.definition().source());
                }
            }
        });
    }

    private static String definedAlready(String keyPath, MetricFile before) {
        return "\"" + keyPath + "\" is defined already in "
                + before.definition().source();
    }

    private static boolean active(MetricFile metric) {
        return metric.definition().status() != Status.REMOVED;
    }

    private void checkRules(MetricFile metric) {
        List<SelectionRule> rules = metric.definition().rules();
        for (int i = 0; i < rules.size(); i++) {
            checkRule(metric, i, rules.get(i));
        }
    }

    private void checkRule(MetricFile metric, int index, SelectionRule rule) {
        EventDefinition event = events.get(rule.event());
        String key = "events[" + index + "].";
        if (event == null) {
            if (unreadable.contains(rule.event())) {
                wrongMetrics.add(metric.definition());
                warning(
                        metric.source(index, Keys.NAME),
                        key + Keys.NAME,
                        "the file of the event \"" + rule.event() + "\" has errors, so this metric is skipped too");
            } else {
                error(
                        metric,
                        metric.source(index, Keys.NAME),
                        key + Keys.NAME,
                        "the event \"" + rule.event() + "\" is not defined"
                                + NearestName.hint(rule.event(), events.keySet()));
            }
            return;
        }
        if (event.removed()) {
            error(
                    metric,
                    metric.source(index, Keys.NAME),
                    key + Keys.NAME,
                    "the event \"" + rule.event() + "\" is removed (" + event.source()
                            + "); remove the metric too, or count another event");
        }
        for (String property : rule.filter().keySet()) {
            checkProperty(metric, index, Keys.FILTER, property, event);
        }
        if (rule.measure() instanceof Measure.Sum) {
            checkProperty(metric, index, Keys.OPERATOR, "value", event);
            return;
        }
        UniqueBy by = rule.measure() instanceof Measure.Unique unique
                ? unique.by()
                : rule.measure() instanceof Measure.TotalBy total ? total.by() : null;
        if (by != null) {
            if (by.identifier().isEmpty()) {
                checkProperty(metric, index, Keys.UNIQUE, by.term(), event);
            } else if (!event.identifiers().contains(by.identifier().get())) {
                // GitLab does not compare the two: a missing identifier shows only when the event is tracked.
                warning(
                        metric.source(index, Keys.UNIQUE),
                        key + Keys.UNIQUE,
                        "the event \"" + event.action() + "\" declares no "
                                + by.identifier().get().term() + "; its identifiers: "
                                + listed(event.identifiers().stream()
                                        .map(Term::term)
                                        .toList()));
            }
        }
    }

    private void checkProperty(MetricFile metric, int index, String key, String property, EventDefinition event) {
        Set<String> declared = event.additionalProperties().keySet();
        if (!declared.contains(property)) {
            error(
                    metric,
                    key.equals(Keys.FILTER) ? metric.source(index, key, property) : metric.source(index, key),
                    "events[" + index + "]." + key + (key.equals(Keys.FILTER) ? "." + property : ""),
                    "the event \"" + event.action() + "\" declares no additional property \"" + property
                            + "\"; declared: " + listed(declared) + NearestName.hint(property, declared));
        }
    }

    private static String listed(Collection<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private void error(Source source, String key, String message) {
        problems.add(new Problem(Problem.Severity.ERROR, source, key, message));
    }

    /** Reports an error and drops the metric. */
    private void error(MetricFile metric, Source source, String key, String message) {
        wrongMetrics.add(metric.definition());
        error(source, key, message);
    }

    private void warning(Source source, String key, String message) {
        problems.add(new Problem(Problem.Severity.WARNING, source, key, message));
    }

    /** Returns the name of a file without its folders and its extension. */
    public static String stem(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** A metric, and the values of its file, which have line numbers. */
    public record MetricFile(MetricDefinition definition, Mapping values) {

        /** Returns the position of a key in a rule, or of the closest parent that exists. */
        Source source(int index, String... keys) {
            int line = definition.source().line();
            Entry events = values.entries().get(Keys.EVENTS);
            if (events != null
                    && events.value() instanceof Sequence list
                    && index < list.items().size()) {
                YamlValue at = list.items().get(index);
                line = at.line();
                for (String key : keys) {
                    Entry entry = at instanceof Mapping map ? map.entries().get(key) : null;
                    if (entry == null) {
                        break;
                    }
                    line = entry.line();
                    at = entry.value();
                }
            }
            return new Source(definition.source().file(), line);
        }
    }
}
