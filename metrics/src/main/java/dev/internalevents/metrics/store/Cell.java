package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.CounterKey;
import dev.internalevents.metrics.Week;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of one counter: for all time, and for each of the last weeks with events, at least {@link Week#KEPT}. Which
 * weeks are the last is not decided by their numbers: a clock that was wrong once, and counted an event in a week years
 * ahead, must not make all weeks until then too old. Thread-safe; locks only when a week begins.
 *
 * @param <A> the type that accumulates
 */
final class Cell<A> {

    /** Two of them may have been made by a wrong clock. */
    private static final int MOST_WEEKS = Week.KEPT + 2;

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
        if (existing != null) {
            return existing;
        }
        Slot<A> begun = new Slot<>(week, empty());
        Slot<A>[] newest = Stream.concat(Arrays.stream(weeks), Stream.of(begun))
                .sorted(Comparator.comparingInt((Slot<A> slot) -> slot.week()).reversed())
                .limit(MOST_WEEKS)
                .toArray(Cell::<A>slots);
        weeks = newest;
        return slot(week);
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
