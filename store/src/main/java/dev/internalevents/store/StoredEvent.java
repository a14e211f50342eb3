package dev.internalevents.store;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that is kept.
 *
 * @param number counts up from 1 in the order of processing, and goes on after a reset
 * @param session the label that its request carried, or null
 * @param event good or failed
 * @param repeat whether the same event, by id and content, was stored before; it counts in no metric
 */
public record StoredEvent(long number, @Nullable String session, ProcessedEvent event, boolean repeat) {

    /** An event that was not stored before. */
    public StoredEvent(long number, @Nullable String session, ProcessedEvent event) {
        this(number, session, event, false);
    }

    public boolean isGood() {
        return event instanceof GoodEvent;
    }

    /** Whether a test that uses this label, or this app id, sees it. */
    public boolean isOf(@Nullable String label) {
        return label == null
                || label.equals(session)
                || label.equals(event.atomic().text("app_id"));
    }
}
