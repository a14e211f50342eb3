package dev.internalevents.collector.micro;

import dev.internalevents.collector.query.AnswerMemory;
import dev.internalevents.collector.query.AnswerText;
import dev.internalevents.collector.query.EventParts;
import dev.internalevents.collector.query.StreamedAnswer;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import java.util.function.BiConsumer;

/** A JSON answer with events: a head, each event, and a tail. */
final class EventList implements StreamedAnswer.Parts {

    private final AnswerMemory memory;
    private final EventParts events;
    private final int status;
    private final BiConsumer<EventStore, JsonWriter> head;
    private final BiConsumer<EventStore, JsonWriter> tail;
    // Shared by all parts, because it tracks where commas belong.
    private final JsonWriter json = new JsonWriter(4096);
    private boolean begun;

    EventList(
            AnswerMemory memory,
            EventParts events,
            int status,
            BiConsumer<EventStore, JsonWriter> head,
            BiConsumer<EventStore, JsonWriter> tail) {
        this.memory = memory;
        this.events = events;
        this.status = status;
        this.head = head;
        this.tail = tail;
    }

    /** Returns an answer that is an array of the events. */
    static EventList array(AnswerMemory memory, EventParts events) {
        return new EventList(memory, events, 200, (store, json) -> json.beginArray(), (store, json) -> json.endArray());
    }

    /** Writes an event in Micro's shape. */
    static void microJson(AnswerText text, StoredEvent event) {
        text.value(EventRows.json(event));
    }

    /** Writes an event as a row of columns. */
    static void row(AnswerText text, StoredEvent event) {
        text.value(EventRows.row(event));
    }

    @Override
    public StreamedAnswer.Part next(EventStore store) {
        AnswerText text = new AnswerText(memory, json);
        try {
            if (!begun) {
                begun = true;
                head.accept(store, json);
            }
            events.next(store, text);
            boolean last = events.ended();
            if (last) {
                tail.accept(store, json);
            }
            return new StreamedAnswer.Part(status, text.end(), last);
        } catch (RuntimeException | Error e) {
            text.release();
            throw e;
        }
    }
}
