package dev.internalevents.collector.store.duckdb;

import dev.internalevents.collector.store.EventSource;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.GoodEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One event as a row: what each column is given. */
final class Row {

    final StoredEvent stored;
    final AtomicValues atomic;
    final RowContent content;

    /** The number of the event whose request is kept for this one too; 0 for a good event. */
    final long requestNumber;

    Row(EventSource.Entry entry, long requestNumber) {
        this.stored = entry.event();
        this.atomic = stored.event().atomic();
        this.content = entry.prepared() instanceof RowContent prepared ? prepared : new RowContent(stored.event());
        this.requestNumber = requestNumber;
    }

    /** The id that the event was sent with, where it was kept under another. */
    @Nullable
    String sentId() {
        EventKey key = stored.event().key();
        return key == null || key.id().toString().equals(atomic.text("event_id"))
                ? null
                : key.id().toString();
    }

    @Nullable
    String schema() {
        return stored.event() instanceof GoodEvent event ? event.schema().toString() : null;
    }

    static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
