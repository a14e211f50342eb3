package dev.internalevents.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The counters of one event. A condition that several filters have is checked at most once for each event. */
final class EventRules {

    private static final byte UNKNOWN = 0;
    private static final byte MET = 1;
    private static final byte NOT_MET = 2;

    private final Counter[] counters;
    private final Condition[] conditions;
    /** By counter, the indexes of its conditions. */
    private final int[][] required;

    EventRules(List<Counter> counters) {
        this.counters = counters.toArray(Counter[]::new);
        this.required = new int[this.counters.length][];
        Map<Condition, Integer> indexes = new HashMap<>();
        List<Condition> distinct = new ArrayList<>();
        for (int i = 0; i < this.counters.length; i++) {
            List<Condition> ofCounter = this.counters[i].conditions();
            required[i] = new int[ofCounter.size()];
            for (int j = 0; j < required[i].length; j++) {
                Condition condition = ofCounter.get(j);
                required[i][j] = indexes.computeIfAbsent(condition, added -> {
                    distinct.add(added);
                    return distinct.size() - 1;
                });
            }
        }
        this.conditions = distinct.toArray(Condition[]::new);
    }

    /** Returns the additional properties, except the built-in ones, that the filters use. */
    String[] properties() {
        List<String> properties = new ArrayList<>();
        for (Condition condition : conditions) {
            if (!Counters.BUILT_IN.contains(condition.property()) && !properties.contains(condition.property())) {
                properties.add(condition.property());
            }
        }
        return properties.toArray(String[]::new);
    }

    /** Adds an event to every counter whose filter it matches. */
    void count(CountedEvent event, int week, CounterSink sink) {
        byte[] states = new byte[conditions.length];
        for (int i = 0; i < counters.length; i++) {
            if (matches(event, required[i], states)) {
                counters[i].add(event, week, sink);
            }
        }
    }

    private boolean matches(CountedEvent event, int[] all, byte[] states) {
        for (int condition : all) {
            if (states[condition] == UNKNOWN) {
                states[condition] = conditions[condition].isMetBy(event) ? MET : NOT_MET;
            }
            if (states[condition] == NOT_MET) {
                return false;
            }
        }
        return true;
    }
}
