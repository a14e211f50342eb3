package dev.internalevents.metrics;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.SelectionRule;

/**
 * Identifies a counter; rules of several metrics with the same event, filter and measure share one.
 *
 * @param filter in the form of {@link SelectionRule#filterText}
 */
public record CounterKey(String event, String filter, Measure measure) {

    public static CounterKey of(SelectionRule rule) {
        return new CounterKey(rule.event(), rule.filterText(), rule.measure());
    }

    /** Returns {@code event-filter:[label:x]}, or the event alone. */
    public String path() {
        return filter.isEmpty() ? event : event + "-filter:[" + filter + "]";
    }

    /** Returns for example {@code event-filter:[label:x] unique user.id}. */
    @Override
    public String toString() {
        return path() + " " + measure.describe();
    }
}
