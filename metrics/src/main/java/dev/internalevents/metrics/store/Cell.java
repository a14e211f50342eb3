package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.CounterKey;
import dev.internalevents.metrics.Week;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one counter: for all time, and for each of the last {@link Week#KEPT} weeks with events. Thread-safe;
 * locks only when a week begins.
 *
 * @param <A> the type that accumulates
 */
final class Cell<A> {

    private final CounterKey key;
    private final CounterType type;
    private final boolean weekly;
    private final @Nullable A allTime;
    private volatile Entry<A>[] weeks;

    private record Entry<A>(int week, A accumulated) {}

    Cell(Counter counter) {
        this.key = counter.key();
        this.type = CounterType.of(key.measure());
        this.weekly = counter.weekly();
        this.allTime = counter.allTime() ? empty() : null;
        this.weeks = entries(0);
    }

    @SuppressWarnings("unchecked") // the creator chooses A by the measure, as CounterType does
    private A empty() {
        return (A) type.empty();
    }

    CounterKey key() {
        return key;
    }

    CounterType type() {
        return type;
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
        Entry<A> begun = new Entry<>(week, empty());
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
