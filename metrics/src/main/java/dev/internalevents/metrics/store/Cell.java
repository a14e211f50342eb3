package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.CounterKey;
import dev.internalevents.metrics.Week;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one counter: for all time, and for each of the last {@link Week#KEPT} weeks with events. Thread-safe;
 * locks only when a week begins.
 *
 * @param <A> the type that accumulates
 */
final class Cell<A> {

    private final CounterKey key;
    private final Supplier<A> empty;
    private final boolean weekly;
    private final @Nullable A allTime;
    private volatile Entry<A>[] weeks;

    private record Entry<A>(int week, A accumulated) {}

    Cell(Counter counter, Supplier<A> empty) {
        this(counter.key(), empty, counter.weekly(), counter.allTime() ? empty.get() : null);
    }

    private Cell(CounterKey key, Supplier<A> empty, boolean weekly, @Nullable A allTime) {
        this.key = key;
        this.empty = empty;
        this.weekly = weekly;
        this.allTime = allTime;
        this.weeks = entries(0);
    }

    CounterKey key() {
        return key;
    }

    @Nullable
    A allTime() {
        return allTime;
    }

    /** Returns where to count an event of this week; null if no metric needs weeks, or the week is too old. */
    @Nullable
    A in(int week) {
        if (!weekly) {
            return null;
        }
        A found = peek(week);
        return found == null ? begin(week) : found;
    }

    /** Returns the count of this week, or null. */
    @Nullable
    A peek(int week) {
        for (Entry<A> entry : weeks) {
            if (entry.week == week) {
                return entry.accumulated;
            }
        }
        return null;
    }

    private synchronized @Nullable A begin(int week) {
        A existing = peek(week);
        int newest = Arrays.stream(weeks).mapToInt(Entry::week).max().orElse(week);
        if (existing != null || week <= newest - Week.KEPT) {
            return existing;
        }
        int oldest = Math.max(newest, week) - Week.KEPT + 1;
        Entry<A>[] recent =
                Arrays.stream(weeks).filter(entry -> entry.week >= oldest).toArray(Cell::<A>entries);
        Entry<A>[] more = Arrays.copyOf(recent, recent.length + 1);
        Entry<A> begun = new Entry<>(week, empty.get());
        more[recent.length] = begun;
        weeks = more;
        return begun.accumulated;
    }

    Map<Integer, A> weeks() {
        Map<Integer, A> map = new LinkedHashMap<>();
        for (Entry<A> entry : weeks) {
            map.put(entry.week, entry.accumulated);
        }
        return map;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <A> Entry<A>[] entries(int length) {
        return new Entry[length];
    }
}
