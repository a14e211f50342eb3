package dev.internalevents.store.duckdb;

import dev.internalevents.store.EventSource;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.EventKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One event as a row: what each column is given. */
final class Row {

    final StoredEvent stored;
    final AtomicValues atomic;
    final RowContent content;

    /** The columns of JSON that the table does not have. */
    final List<String> shared = new ArrayList<>(0);

    /** The columns whose values are kept elsewhere, because they are too large. */
    final List<String> elsewhere = new ArrayList<>(0);

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

    /** What the shared column is given: an object with the JSON of each column that the table does not have. */
    byte @Nullable [] shared() {
        if (shared.isEmpty()) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String name : shared) {
            // Names of schemas need no escapes.
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
