package dev.internalevents.collector.store;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that is kept.
 *
 * @param number counts up from 1 in the order of processing, and goes on after a reset
 * @param session the label that its request carried, or null
 * @param event good or failed
 */
public record StoredEvent(long number, @Nullable String session, ProcessedEvent event) {

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
