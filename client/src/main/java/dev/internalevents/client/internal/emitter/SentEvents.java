package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.protocol.PayloadBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Describes the events of a request for logs and listeners. What describes them is read from their bytes, which are all
 * that an outbox on disk has, and only if it is asked for; contexts are skipped.
 */
final class SentEvents {

    private static final String ID = "eid";
    private static final String NAME = "se_ac";
    private static final String LABEL = "se_la";
    private static final String PROPERTY = "se_pr";
    private static final Set<String> ALL = Set.of(ID, NAME, LABEL, PROPERTY);

    private SentEvents() {}

    static List<SentEvent> of(PayloadBody body) {
        List<SentEvent> events = new ArrayList<>(body.count());
        for (int i = 0; i < body.count(); i++) {
            Map<String, String> event = body.texts(i, ALL);
            events.add(new SentEvent(
                    String.valueOf(event.get(ID)),
                    String.valueOf(event.get(NAME)),
                    event.get(LABEL),
                    event.get(PROPERTY)));
        }
        return events;
    }

    /** Returns the id of one event. */
    static String id(PayloadBody body, int index) {
        return String.valueOf(body.texts(index, Set.of(ID)).get(ID));
    }

    /** Returns the name of one event. */
    static String name(PayloadBody body, int index) {
        return String.valueOf(body.texts(index, Set.of(NAME)).get(NAME));
    }
}
