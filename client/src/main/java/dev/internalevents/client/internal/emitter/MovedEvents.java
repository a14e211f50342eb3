package dev.internalevents.client.internal.emitter;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The failures of events that were moved behind the others in an outbox, by event id, so that they continue to count
 * when the event's turn comes again. Bounded: the oldest is forgotten, and starts anew. Safe for use by several
 * threads.
 */
final class MovedEvents {

    private static final int MAX_EVENTS = 1_000;
    private static final int MAX_ID_LENGTH = 100;

    private final Map<String, Part.Failures> byId = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Part.Failures> eldest) {
            return size() > MAX_EVENTS;
        }
    };

    /** Remembers the failures of a part with one event. */
    void add(Part part) {
        String id = id(part);
        if (id.length() <= MAX_ID_LENGTH) {
            synchronized (byId) {
                byId.put(id, part.soFar());
            }
        }
    }

    /** Returns the earlier failures of a part's event, and forgets them; null if there are none. */
    Part.@Nullable Failures remove(Part part) {
        synchronized (byId) {
            return byId.isEmpty() ? null : byId.remove(id(part));
        }
    }

    private static String id(Part part) {
        return SentEvents.id(part.events(), 0);
    }
}
