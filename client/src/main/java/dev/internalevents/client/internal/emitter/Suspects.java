package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Single events that the collector failed at and that are retried separately, each after a wait of its own, so that
 * other events are delivered. Used by one sending thread.
 */
final class Suspects {

    /** Maximum events, and bytes of events. */
    private static final int MAX_EVENTS = 256;

    private static final long MAX_BYTES = 8 << 20;

    /** Failures while others were delivered, after which an event may be given up for others. */
    static final int LEAST_COUNTED = 2;

    /** Maximum wait while a caller waits in flush or close. */
    private static final long HURRIED_NANOS = 100_000_000;

    private final Queue<Part> parts = new PriorityQueue<>(Comparator.comparingLong(Part::notBefore));
    private final Accounts accounts;
    private final Lifecycle lifecycle;
    private final BackOff backOff;
    private final GiveUp giveUp;
    private long bytes;

    Suspects(EmitterSettings.Delivery settings, Accounts accounts, Lifecycle lifecycle) {
        this.accounts = accounts;
        this.lifecycle = lifecycle;
        this.backOff = settings.backOff();
        this.giveUp = settings.giveUp();
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    boolean contains(Part part) {
        return parts.contains(part);
    }

    /** Returns all of them, in any order. */
    List<Part> all() {
        return List.copyOf(parts);
    }

    // Which one is next

    /** Returns the one that is due first; null if there is none. */
    @Nullable
    Part first() {
        return parts.peek();
    }

    /** Returns one that is due and for which a failure would be informative; null if there is none. */
    @Nullable
    Part informative() {
        long delivered = accounts.delivered();
        for (Part part : parts) {
            if (untilDue(part) <= 0 && part.wouldCount(delivered)) {
                return part;
            }
        }
        return null;
    }

    /** Returns for how many nanoseconds the event still waits; 0 or less if it is due. */
    long untilDue(Part part) {
        long now = System.nanoTime();
        long left = part.notBefore() - now;
        return lifecycle.isHurried() ? Math.min(left, part.triedAt() + HURRIED_NANOS - now) : left;
    }

    // Adding and removing

    boolean isFull() {
        return parts.size() >= MAX_EVENTS || bytes > MAX_BYTES;
    }

    /**
     * Returns the one with the most failures, if it has enough of them to be given up for another one; otherwise null.
     */
    @Nullable
    Part worst() {
        return parts.stream()
                .max(Comparator.comparingInt(Part::counted))
                .filter(one -> one.counted() >= LEAST_COUNTED)
                .orElse(null);
    }

    void add(Part part) {
        part.waitUntil(System.nanoTime() + betweenTries(part));
        parts.add(part);
        bytes += part.events().size();
        accounts.suspect(1);
    }

    /** Lets an event that failed again wait once more; does nothing for others. */
    void postpone(Part part) {
        if (parts.remove(part)) {
            part.waitUntil(System.nanoTime() + betweenTries(part));
            parts.add(part);
        }
    }

    /** Removes an event, because it is finished; does nothing for others. */
    void remove(Part part) {
        if (parts.remove(part)) {
            removed(part);
        }
    }

    /** Removes and returns the first; there must be one. */
    Part removeFirst() {
        Part part = parts.remove();
        removed(part);
        return part;
    }

    private void removed(Part part) {
        bytes -= part.events().size();
        accounts.suspect(-1);
    }

    /**
     * Divides the time until giving up among the tries, so that both limits are reached together; there is always a
     * minimum wait.
     */
    private long betweenTries(Part part) {
        long mostMillis = Durations.nanos(giveUp.after()) / giveUp.tries() / 1_000_000;
        long least = backOff.boundMillis(1);
        return Math.max(least, Math.min(mostMillis, backOff.boundMillis(part.failures() + 1))) * 1_000_000;
    }
}
