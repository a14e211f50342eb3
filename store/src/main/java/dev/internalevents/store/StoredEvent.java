package dev.internalevents.store;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event in the store.
 *
 * @param number counts up from 1 in the order of processing, and continues after a reset
 * @param session the label of its request, or null
 * @param event good or failed
 * @param repeat whether the same event, by id and content, was stored before; metrics do not count repeats
 */
public record StoredEvent(long number, @Nullable String session, ProcessedEvent event, boolean repeat) {

    /** Creates an event that is not a repeat. */
    public StoredEvent(long number, @Nullable String session, ProcessedEvent event) {
        this(number, session, event, false);
    }

    /** Returns this event with other content. */
    StoredEvent with(ProcessedEvent other) {
        return new StoredEvent(number, session, other, repeat);
    }

    public boolean isGood() {
        return event instanceof GoodEvent;
    }

    /** Returns whether the event has this label or app id, so that a test using it sees the event; true for null. */
    public boolean isOf(@Nullable String label) {
        return label == null
                || label.equals(session)
                || label.equals(event.atomic().text("app_id"));
    }
}
