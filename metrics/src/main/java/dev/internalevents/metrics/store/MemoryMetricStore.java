package dev.internalevents.metrics.store;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.CounterSink;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.TotalsByValue;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counters in memory, lost when the process ends. Unique counts are exact up to 1,000, with a standard error of 0.41 %
 * beyond that. As a sink it may be used by any number of threads at once, and takes about 20 ns per counter; it locks
 * only for a new value of a unique count.
 */
public final class MemoryMetricStore implements LocalMetricStore, CounterSink {

    private final Counters counters;
    private volatile Cell<?>[] cells;
    private volatile @Nullable Position applied;

    /** Creates a store with all counters at zero. */
    public MemoryMetricStore(Counters counters) {
        this.counters = counters;
        this.cells = cells(counters);
    }

    private static Cell<?>[] cells(Counters counters) {
        return counters.all().stream().map(Cell::new).toArray(Cell<?>[]::new);
    }

    @Override
    public void reset() {
        cells = cells(counters);
    }

    @SuppressWarnings("unchecked") // the type of the counter
    private <A> Cell<A> cellOf(Counter counter) {
        return (Cell<A>) cells[counter.index()];
    }

    Cell<?>[] cells() {
        return cells;
    }

    @Override
    public void total(Counter counter, int week, long count) {
        this.<LongAdder>each(counter, week, total -> total.add(count));
    }

    @Override
    public void sum(Counter counter, int week, Number value) {
        this.<Sum>each(counter, week, sum -> sum.add(value));
    }

    @Override
    public void unique(Counter counter, int week, String id) {
        long hash = Hash.of(id);
        this.<UniqueCount>each(counter, week, unique -> unique.add(hash));
    }

    @Override
    public void totalBy(Counter counter, int week, String value, long count) {
        this.<ValueTotals>each(counter, week, totals -> totals.add(value, count));
    }

    private <A> void each(Counter counter, int week, Consumer<A> change) {
        Cell<A> cell = cellOf(counter);
        Slot<A> allTime = cell.allTime();
        if (allTime != null) {
            allTime.change(change);
        }
        Slot<A> ofWeek = cell.in(week);
        if (ofWeek != null) {
            ofWeek.change(change);
        }
    }

    @Override
    public void apply(Increments batch, @Nullable Position position) {
        if (position == null) {
            batch.copyTo(this);
        } else if (position.isAfter(applied)) {
            batch.copyTo(this);
            applied = position;
        }
    }

    void applied(@Nullable Position position) {
        applied = position;
    }

    @Override
    public @Nullable Position applied() {
        return applied;
    }

    @Override
    public void checkpoint() {
        // Nothing here survives the process.
    }

    /** Returns the last position applied; this store has no greater durability. */
    @Override
    public @Nullable Position durable() {
        return applied;
    }

    @Override
    public BigDecimal count(Collection<Counter> counters, int[] weeks) {
        BigDecimal[] sum = {BigDecimal.ZERO};
        for (Counter counter : counters) {
            if (counter.key().measure() instanceof Measure.Sum) {
                this.<Sum>visit(counter, weeks, part -> sum[0] = sum[0].add(part.value()));
            } else {
                this.<LongAdder>visit(counter, weeks, part -> sum[0] = sum[0].add(BigDecimal.valueOf(part.sum())));
            }
        }
        return sum[0];
    }

    @Override
    public long unique(Collection<Counter> counters, int[] weeks) {
        UniqueCount union = new UniqueCount();
        for (Counter counter : counters) {
            this.<UniqueCount>visit(counter, weeks, union::addAll);
        }
        return union.count();
    }

    @Override
    public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
        Map<String, Long> totals = new HashMap<>();
        for (Counter counter : counters) {
            this.<ValueTotals>visit(counter, weeks, part -> TotalsByValue.addAll(totals, part.all()));
        }
        return totals;
    }

    private <A> void visit(Counter counter, int[] weeks, Consumer<A> visitor) {
        Cell<A> cell = cellOf(counter);
        if (weeks.length == 0) {
            Slot<A> allTime = cell.allTime();
            if (allTime != null) {
                visitor.accept(allTime.accumulated());
            }
            return;
        }
        for (int week : weeks) {
            A ofWeek = cell.peek(week);
            if (ofWeek != null) {
                visitor.accept(ofWeek);
            }
        }
    }

    /** There is nothing to release. */
    @Override
    public void close() {
        applied = null;
    }
}
