package dev.internalevents.metrics;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The increments of a batch of events, one number for each counter and week. Not thread-safe. */
public final class Increments implements CounterSink {

    private final Map<Slot, Long> totals = new HashMap<>();
    private final Map<Slot, BigDecimal> sums = new HashMap<>();
    private final Map<Slot, Set<String>> uniques = new HashMap<>();
    private final Map<Slot, Map<String, Long>> totalsBy = new HashMap<>();

    /** A counter and a week. */
    public record Slot(Counter counter, int week) {}

    @Override
    public void total(Counter counter, int week, long count) {
        totals.merge(new Slot(counter, week), count, Long::sum);
    }

    @Override
    public void unique(Counter counter, int week, String id) {
        uniques.computeIfAbsent(new Slot(counter, week), slot -> new HashSet<>())
                .add(id);
    }

    @Override
    public void totalBy(Counter counter, int week, String value, long count) {
        totalsBy.computeIfAbsent(new Slot(counter, week), slot -> new HashMap<>())
                .merge(value, count, Long::sum);
    }

    @Override
    public void sum(Counter counter, int week, Number value) {
        BigDecimal exact = Amounts.exact(value);
        if (exact != null) {
            sums.merge(new Slot(counter, week), exact, BigDecimal::add);
        }
    }

    public Map<Slot, Long> totals() {
        return totals;
    }

    public Map<Slot, BigDecimal> sums() {
        return sums;
    }

    public Map<Slot, Set<String>> uniques() {
        return uniques;
    }

    public Map<Slot, Map<String, Long>> totalsBy() {
        return totalsBy;
    }

    public boolean isEmpty() {
        return totals.isEmpty() && sums.isEmpty() && uniques.isEmpty() && totalsBy.isEmpty();
    }

    /** Copies all increments to a sink. */
    public void copyTo(CounterSink sink) {
        totals.forEach((slot, count) -> sink.total(slot.counter(), slot.week(), count));
        sums.forEach((slot, sum) -> sink.sum(slot.counter(), slot.week(), sum));
        uniques.forEach((slot, ids) -> ids.forEach(id -> sink.unique(slot.counter(), slot.week(), id)));
        totalsBy.forEach((slot, values) ->
                values.forEach((value, count) -> sink.totalBy(slot.counter(), slot.week(), value, count)));
    }
}
