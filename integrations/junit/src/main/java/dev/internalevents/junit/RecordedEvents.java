package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Records every event that a client tracks, in order. Safe for use by any number of threads. */
public final class RecordedEvents implements EventListener {

    private final List<EventDetails> events = new ArrayList<>();

    @Override
    public synchronized void tracked(EventDetails event) {
        events.add(event);
        notifyAll();
    }

    /** Returns a copy of the events tracked so far. */
    public synchronized List<EventDetails> all() {
        return List.copyOf(events);
    }

    /** Returns a copy of the events of this name tracked so far. */
    public List<EventDetails> named(String name) {
        return all().stream().filter(event -> event.name().equals(name)).toList();
    }

    synchronized int size() {
        return events.size();
    }

    /**
     * Blocks until there are more than {@code count} events, or the time is up.
     *
     * @return whether there are more
     */
    synchronized boolean awaitMoreThan(int count, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (events.size() <= count) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        return true;
    }
}
