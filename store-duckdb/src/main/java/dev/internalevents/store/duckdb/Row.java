package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.StoredEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One event as a row of the table {@code event}. */
final class Row {

    final StoredEvent stored;
    final AtomicValues atomic;
    final RowContent content;

    /** Names of JSON columns that the table does not have; their values go into the shared column. */
    final List<String> shared = new ArrayList<>(0);

    /** Names of columns whose values are too large for the row and are stored as {@link LargeValues}. */
    final List<String> elsewhere = new ArrayList<>(0);

    /** The number of the event under which this event's request is stored; 0 for a good event. */
    final long requestNumber;

    Row(EventSource.Entry entry, long requestNumber) {
        this.stored = entry.event();
        this.atomic = stored.event().atomic();
        this.content = entry.prepared() instanceof RowContent prepared ? prepared : new RowContent(stored.event());
        this.requestNumber = requestNumber;
    }

    /** Returns the id that the event was sent with if it is stored under another id, otherwise null. */
    @Nullable
    String sentId() {
        EventKey key = stored.event().key();
        return key == null || key.id().toString().equals(atomic.text("event_id"))
                ? null
                : key.id().toString();
    }

    /**
     * Returns the shared column's value: an object with the JSON of each column that the table does not have; null if
     * there is none.
     */
    byte @Nullable [] shared() {
        if (shared.isEmpty()) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String name : shared) {
            // Names of schemas need no escaping.
            out.writeBytes(((out.size() == 0 ? "{\"" : ",\"") + name + "\":").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(Objects.requireNonNull(content.column(name)).bytes());
        }
        out.write('}');
        return out.toByteArray();
    }

    static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
