package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every event that a client tracked, in order. Safe for use by any number of threads. */
public final class RecordedEvents implements EventListener {

    private final List<EventDetails> events = new CopyOnWriteArrayList<>();

    @Override
    public void tracked(EventDetails event) {
        events.add(event);
    }

    /** What was tracked until now. */
    public List<EventDetails> all() {
        return List.copyOf(events);
    }

    /** What was tracked since there were this many. */
    List<EventDetails> since(int before) {
        List<EventDetails> all = all();
        return all.subList(Math.min(before, all.size()), all.size());
    }

    int size() {
        return events.size();
    }
}
