package dev.internalevents.metrics;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.SelectionRule;

/**
 * Which counter: rules of several metrics that select and measure alike share one.
 *
 * @param filter as {@link SelectionRule#filterText} has it
 */
public record CounterKey(String event, String filter, Measure measure) {

    public static CounterKey of(SelectionRule rule) {
        return new CounterKey(rule.event(), rule.filterText(), rule.measure());
    }

    /** {@code event-filter:[label:x]}, or the event alone. */
    public String path() {
        return filter.isEmpty() ? event : event + "-filter:[" + filter + "]";
    }

    /** {@code event-filter:[label:x] unique user.id}. */
    @Override
    public String toString() {
        return path() + " " + measure.describe();
    }
}
