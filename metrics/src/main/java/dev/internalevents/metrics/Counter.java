package dev.internalevents.metrics;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.UniqueBy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One counter of a dictionary: which events it counts, and for which time frames. Immutable. */
public final class Counter {

    private final int index;
    private final CounterKey key;
    private final List<Condition> conditions;
    private final boolean weekly;
    private final boolean allTime;
    private final @Nullable UniqueBy uniqueBy;
    private final boolean totalBy;
    private final boolean sum;

    Counter(int index, SelectionRule rule, boolean weekly, boolean allTime) {
        this.index = index;
        this.key = CounterKey.of(rule);
        List<Condition> filter = new ArrayList<>();
        rule.filter().forEach((property, expected) -> filter.add(new Condition(property, expected)));
        this.conditions = List.copyOf(filter);
        this.weekly = weekly;
        this.allTime = allTime;
        this.uniqueBy = by(rule.measure());
        this.totalBy = rule.measure() instanceof Measure.TotalBy;
        this.sum = rule.measure() instanceof Measure.Sum;
    }

    private static @Nullable UniqueBy by(Measure measure) {
        return measure instanceof Measure.Unique unique
                ? unique.by()
                : measure instanceof Measure.TotalBy total ? total.by() : null;
    }

    /** Returns the counter's index in its {@link Counters}, from 0. */
    public int index() {
        return index;
    }

    public CounterKey key() {
        return key;
    }

    /** Returns whether a metric needs the counter by week. */
    public boolean weekly() {
        return weekly;
    }

    /** Returns whether a metric needs the counter for all time. */
    public boolean allTime() {
        return allTime;
    }

    /** Returns what an event must be to be counted, in the order of the filter. */
    List<Condition> conditions() {
        return conditions;
    }

    /** Adds an event to this counter; returns false if the event lacks the property that is counted. */
    boolean add(CountedEvent event, int week, CounterSink sink) {
        if (uniqueBy != null) {
            String id = identifier(event, uniqueBy);
            if (id == null) {
                return false;
            }
            if (totalBy) {
                sink.totalBy(this, week, TotalsByValue.key(id), 1);
            } else {
                sink.unique(this, week, id);
            }
        } else if (sum) {
            Number value = event.value();
            if (value == null) {
                return false;
            }
            sink.sum(this, week, value);
        } else {
            sink.total(this, week, 1);
        }
        return true;
    }

    private static @Nullable String identifier(CountedEvent event, UniqueBy by) {
        return switch (by) {
            case USER -> event.user();
            case PROJECT -> event.project();
            case NAMESPACE -> event.namespace();
            case LABEL -> event.label();
            case PROPERTY -> event.property();
            case VALUE -> Amounts.text(event.value());
        };
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
