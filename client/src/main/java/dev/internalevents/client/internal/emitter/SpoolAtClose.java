package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.spool.Appended;
import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Place;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolReader;
import dev.internalevents.spool.SpoolState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What becomes of the events in a spool when its outbox is closed. For the closing thread, while no other takes events.
 */
final class SpoolAtClose {

    private SpoolAtClose() {}

    /** Events that were taken together and are not committed; they end at the mark. */
    record Events(Mark end, boolean isFinished) {}

    /**
     * Stores the events in flight that others were finished ahead of once more, behind all queued ones, so that the
     * next start does not send the finished ones again. Does as much as there is room for.
     *
     * @param taken all events that were taken and are not committed, in order
     */
    static void moveBehindFinished(Spool spool, List<Events> taken) {
        int last = taken.size() - 1;
        while (last >= 0 && !taken.get(last).isFinished()) {
            // Nothing after these is finished: they stay where they are.
            last--;
        }
        if (last < 0 || !(spool.state() instanceof SpoolState.Ready)) {
            return;
        }
        SpoolReader reader = spool.reader();
        try {
            reader.rewind();
            for (Events events : taken.subList(0, last + 1)) {
                while (reader.mark().frames() < events.end().frames()) {
                    byte[] event = reader.next();
                    if (event == null
                            || (!events.isFinished() && spool.append(event, 0, event.length) != Appended.YES)) {
                        return;
                    }
                }
                reader.commit(events.end());
            }
        } catch (InternalError e) {
            // A page that cannot be read: the next start reads what is left.
        }
    }

    /** An event in a file. */
    record Event(String name, Place end) {}

    /**
     * Returns the events that are not finished; to be called before the spool is closed, because deleted files are gone
     * after that.
     *
     * @param taken all events that were taken and are not committed, in order
     */
    static List<Event> events(Spool spool, List<Events> taken) {
        List<Event> events = new ArrayList<>();
        Iterator<Events> batches = taken.iterator();
        Events batch = batches.hasNext() ? batches.next() : null;
        SpoolReader reader = spool.reader();
        reader.rewind();
        PayloadBody body = new PayloadBody(0);
        for (int length = reader.nextLength(); length >= 0; length = reader.nextLength()) {
            body.clear();
            int at = body.beginEvent(length);
            reader.next(body.array(), at);
            body.endEvent();
            Mark end = reader.mark();
            while (batch != null && batch.end().frames() < end.frames()) {
                batch = batches.hasNext() ? batches.next() : null;
            }
            if (batch == null || !batch.isFinished()) {
                events.add(new Event(SentEvents.name(body, 0), end.place()));
            }
        }
        return events;
    }
}
