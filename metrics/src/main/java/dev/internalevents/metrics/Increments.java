package dev.internalevents.metrics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The increments of a batch of events, one number for each counter and week. Not thread-safe. */
public final class Increments implements CounterSink {

    private static final int MAX_RECENT = 10_000;

    private final Map<Slot, Cell> bySlot = new HashMap<>();
    private final List<Cell> cells = new ArrayList<>();
    /** The last cell of each counter, by its index: nearly all events of a batch are of one week. */
    private @Nullable Cell[] recent = new Cell[0];

    /** A counter and a week. */
    public record Slot(Counter counter, int week) {}

    /** The increments of a slot; a counter uses only one of them. */
    private static final class Cell {
        private final Slot slot;
        private long total;
        private boolean hasTotal;
        private @Nullable BigDecimal sum;
        private @Nullable Set<String> ids;
        private @Nullable Map<String, Long> totalsBy;

        private Cell(Slot slot) {
            this.slot = slot;
        }
    }

    private Cell cell(Counter counter, int week) {
        int index = counter.index();
        Cell last = index < recent.length ? recent[index] : null;
        if (last != null && last.slot.week() == week && last.slot.counter() == counter) {
            return last;
        }
        Cell cell = bySlot.computeIfAbsent(new Slot(counter, week), slot -> {
            Cell added = new Cell(slot);
            cells.add(added);
            return added;
        });
        if (index < MAX_RECENT) {
            if (index >= recent.length) {
                recent = Arrays.copyOf(recent, Math.max(16, 2 * (index + 1)));
            }
            recent[index] = cell;
        }
        return cell;
    }

    @Override
    public void total(Counter counter, int week, long count) {
        Cell cell = cell(counter, week);
        cell.total += count;
        cell.hasTotal = true;
    }

    @Override
    public void unique(Counter counter, int week, String id) {
        Cell cell = cell(counter, week);
        if (cell.ids == null) {
            cell.ids = new HashSet<>();
        }
        cell.ids.add(id);
    }

    @Override
    public void totalBy(Counter counter, int week, String value, long count) {
        Cell cell = cell(counter, week);
        if (cell.totalsBy == null) {
            cell.totalsBy = new HashMap<>();
        }
        cell.totalsBy.merge(value, count, Long::sum);
    }

    @Override
    public void sum(Counter counter, int week, Number value) {
        BigDecimal exact = Amounts.exact(value);
        if (exact != null) {
            Cell cell = cell(counter, week);
            cell.sum = cell.sum == null ? exact : cell.sum.add(exact);
        }
    }

    /** Returns the numbers of events, as they are now. */
    public Map<Slot, Long> totals() {
        return map(cell -> cell.hasTotal ? cell.total : null);
    }

    /** Returns the sums, as they are now. */
    public Map<Slot, BigDecimal> sums() {
        return map(cell -> cell.sum);
    }

    /** Returns the unique ids, as they are now. */
    public Map<Slot, Set<String>> uniques() {
        return map(cell -> cell.ids);
    }

    /** Returns the numbers of events by value, as they are now. */
    public Map<Slot, Map<String, Long>> totalsBy() {
        return map(cell -> cell.totalsBy);
    }

    private <T> Map<Slot, T> map(Function<Cell, @Nullable T> part) {
        Map<Slot, T> map = new HashMap<>();
        for (Cell cell : cells) {
            T value = part.apply(cell);
            if (value != null) {
                map.put(cell.slot, value);
            }
        }
        return Collections.unmodifiableMap(map);
    }

    public boolean isEmpty() {
        return cells.isEmpty();
    }

    /** Copies all increments to a sink. */
    public void copyTo(CounterSink sink) {
        for (Cell cell : cells) {
            Counter counter = cell.slot.counter();
            int week = cell.slot.week();
            if (cell.hasTotal) {
                sink.total(counter, week, cell.total);
            }
            if (cell.sum != null) {
                sink.sum(counter, week, cell.sum);
            }
            if (cell.ids != null) {
                cell.ids.forEach(id -> sink.unique(counter, week, id));
            }
            if (cell.totalsBy != null) {
                cell.totalsBy.forEach((value, count) -> sink.totalBy(counter, week, value, count));
            }
        }
    }
}
