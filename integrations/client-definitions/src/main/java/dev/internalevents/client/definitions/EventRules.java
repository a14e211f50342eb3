package dev.internalevents.client.definitions;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rules of one event from the dictionary, prepared so that a check costs a few look-ups. Immutable. */
final class EventRules {

    /** The classification of events about AI. */
    private static final String DUO = "duo";

    private final EventDefinition definition;
    private final Set<String> declared;
    private final Map<String, Set<String>> classesByProtected;
    private final Set<String> unreachable;
    private final List<Receiver> receivers;
    private final Map<Identifier, String> counted;
    private final boolean feedsMetric;

    /**
     * An extra tracker of the event.
     *
     * @param protectedProperties the properties it receives in addition to the declared ones
     */
    record Receiver(ExtraTracker tracker, String trackingClass, Set<String> protectedProperties) {}

    private EventRules(
            EventDefinition definition,
            Map<String, List<ExtraTracker>> trackers,
            Set<Identifier> counted,
            boolean feedsMetric) {
        this.definition = definition;
        this.feedsMetric = feedsMetric;
        this.declared = Set.copyOf(definition.additionalProperties().keySet());
        Map<Identifier, String> missing = new EnumMap<>(Identifier.class);
        counted.forEach(identifier -> missing.put(
                identifier,
                "the event \"" + definition.action() + "\" has no " + identifier.term()
                        + ", and metrics that count unique " + identifier.term() + "s leave it out"));
        this.counted = Collections.unmodifiableMap(missing);
        Map<String, Set<String>> classes = new HashMap<>();
        Set<String> unreachable = new TreeSet<>();
        List<Receiver> receivers = new ArrayList<>();
        definition.extraTrackers().forEach((trackingClass, properties) -> {
            properties.keySet().stream()
                    .filter(property -> !declared.contains(property))
                    .forEach(property -> classes.computeIfAbsent(property, p -> new TreeSet<>())
                            .add(trackingClass));
            for (ExtraTracker tracker : trackers.getOrDefault(trackingClass, List.of())) {
                receivers.add(new Receiver(tracker, trackingClass, Set.copyOf(properties.keySet())));
            }
        });
        classes.forEach((property, of) -> {
            if (of.stream().noneMatch(trackers::containsKey)) {
                unreachable.add(property);
            }
        });
        this.classesByProtected = Map.copyOf(classes);
        this.unreachable = Set.copyOf(unreachable);
        this.receivers = List.copyOf(receivers);
    }

    /** Returns the rules of every event, by name. */
    static Map<String, EventRules> of(Dictionary dictionary, Map<String, List<ExtraTracker>> trackers) {
        Map<String, Set<Identifier>> counted = counted(dictionary);
        Set<String> measured = measured(dictionary);
        Map<String, EventRules> rules = new HashMap<>();
        dictionary
                .events()
                .forEach(event -> rules.put(
                        event.action(),
                        new EventRules(
                                event,
                                trackers,
                                counted.getOrDefault(event.action(), Set.of()),
                                measured.contains(event.action()))));
        return rules;
    }

    /** Groups extra trackers by tracking class; {@code trackingClass()} is called once for each. */
    static Map<String, List<ExtraTracker>> byClass(Collection<? extends ExtraTracker> trackers) {
        Map<String, List<ExtraTracker>> byClass = new TreeMap<>();
        for (ExtraTracker tracker : trackers) {
            String trackingClass = tracker.trackingClass();
            if (trackingClass == null || trackingClass.isBlank()) {
                throw new IllegalArgumentException(
                        "the extra tracker " + tracker.getClass().getName()
                                + " has no tracking class; expected the tracking_class of a definition");
            }
            byClass.computeIfAbsent(trackingClass, name -> new ArrayList<>()).add(tracker);
        }
        return byClass;
    }

    /** Returns the events that metrics count. */
    private static Set<String> measured(Dictionary dictionary) {
        return dictionary.metrics().stream()
                .filter(MetricDefinition::counted)
                .flatMap(metric -> metric.rules().stream())
                .map(SelectionRule::event)
                .collect(Collectors.toSet());
    }

    /** Returns the identifiers that unique metrics count, by event. Without them an event is not counted there. */
    private static Map<String, Set<Identifier>> counted(Dictionary dictionary) {
        Map<String, Set<Identifier>> counted = new HashMap<>();
        for (MetricDefinition metric : dictionary.metrics()) {
            for (SelectionRule rule : metric.counted() ? metric.rules() : List.<SelectionRule>of()) {
                if (rule.measure() instanceof Measure.Unique unique
                        && unique.by().identifier().isPresent()) {
                    counted.computeIfAbsent(rule.event(), event -> EnumSet.noneOf(Identifier.class))
                            .add(unique.by().identifier().get());
                }
            }
        }
        return counted;
    }

    EventDefinition definition() {
        return definition;
    }

    boolean isAboutAi() {
        return definition.classification().filter(DUO::equals).isPresent();
    }

    boolean feedsMetric() {
        return feedsMetric;
    }

    /** Returns whether the collector may receive this property. */
    boolean declares(String property) {
        return declared.contains(property);
    }

    /** Returns whether it is protected for extra trackers and not declared. */
    boolean isProtected(String property) {
        return classesByProtected.containsKey(property);
    }

    /**
     * Returns the tracking classes that may receive a protected property, if none of them is registered; otherwise
     * empty.
     */
    Set<String> missingTrackers(String property) {
        return unreachable.contains(property) ? classesByProtected.getOrDefault(property, Set.of()) : Set.of();
    }

    /** Returns the registered extra trackers of this event. */
    List<Receiver> receivers() {
        return receivers;
    }

    /** Returns the identifiers that unique metrics count, and what to report about an event without one. */
    Map<Identifier, String> counted() {
        return counted;
    }
}
