package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.CounterKey;
import dev.internalevents.metrics.Week;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final @Nullable Slot<A> allTime;
    private volatile Slot<A>[] weeks;

    Cell(Counter counter) {
        this.key = counter.key();
        this.type = CounterType.of(key.measure());
        this.weekly = counter.weekly();
        this.allTime = counter.allTime() ? new Slot<>(Slot.ALL_TIME, empty()) : null;
        this.weeks = slots(0);
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

    /** Returns where to count events for all time; null if no metric needs it. */
    @Nullable
    Slot<A> allTime() {
        return allTime;
    }

    /** Returns where to count an event of this week; null if no metric needs weeks, or the week is too old. */
    @Nullable
    Slot<A> in(int week) {
        if (!weekly) {
            return null;
        }
        Slot<A> found = slot(week);
        return found == null ? begin(week) : found;
    }

    /** Returns the count of this week, or null. */
    @Nullable
    A peek(int week) {
        Slot<A> found = slot(week);
        return found == null ? null : found.accumulated();
    }

    private @Nullable Slot<A> slot(int week) {
        for (Slot<A> slot : weeks) {
            if (slot.week() == week) {
                return slot;
            }
        }
        return null;
    }

    private synchronized @Nullable Slot<A> begin(int week) {
        Slot<A> existing = slot(week);
        int newest = Arrays.stream(weeks).mapToInt(Slot::week).max().orElse(week);
        if (existing != null || week <= newest - Week.KEPT) {
            return existing;
        }
        int oldest = Math.max(newest, week) - Week.KEPT + 1;
        Slot<A>[] recent =
                Arrays.stream(weeks).filter(slot -> slot.week() >= oldest).toArray(Cell::<A>slots);
        Slot<A>[] more = Arrays.copyOf(recent, recent.length + 1);
        Slot<A> begun = new Slot<>(week, empty());
        more[recent.length] = begun;
        weeks = more;
        return begun;
    }

    /** Returns all counts: the one for all time, and those of weeks. */
    List<Slot<A>> slots() {
        List<Slot<A>> all = new ArrayList<>(List.of(weeks));
        if (allTime != null) {
            all.add(allTime);
        }
        return all;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <A> Slot<A>[] slots(int length) {
        return new Slot[length];
    }
}
