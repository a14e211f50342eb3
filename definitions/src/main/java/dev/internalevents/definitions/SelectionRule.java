package dev.internalevents.definitions;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which events a metric counts, and how: one entry of the list in its file.
 *
 * @param event the event's action
 * @param filter additional properties and the exact value that each must have, a {@code String} or a
 *     {@code BigDecimal}; sorted by key. All must match; an empty filter matches every event
 */
public record SelectionRule(String event, Measure measure, SortedMap<String, Object> filter) {

    public SelectionRule {
        filter = Collections.unmodifiableSortedMap(new TreeMap<>(filter));
        filter.forEach((property, value) -> {
            if (!(value instanceof String) && !(value instanceof BigDecimal)) {
                throw new IllegalArgumentException("filter on " + property + ": expected a string or a number");
            }
        });
    }

    /** Returns the filter as text, {@code label:x,value:1}, sorted by key; empty if there is none. */
    public String filterText() {
        StringBuilder text = new StringBuilder();
        filter.forEach((property, value) -> text.append(text.isEmpty() ? "" : ",")
                .append(property)
                .append(':')
                .append(value instanceof BigDecimal number ? number.toPlainString() : value));
        return text.toString();
    }
}
