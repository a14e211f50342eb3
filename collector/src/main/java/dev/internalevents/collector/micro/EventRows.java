package dev.internalevents.collector.micro;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.FlatEvent;
import dev.internalevents.store.StoredEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts events for pages, the live stream and single look-ups: as rows of columns, and complete. */
public final class EventRows {

    private EventRows() {}

    /** Returns number, validity, title and the reason of a failure, followed by the columns that have a value. */
    public static Map<String, @Nullable Object> row(StoredEvent stored) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("number", stored.number());
        row.put("valid", stored.isGood());
        row.put("title", FlatEvent.title(stored));
        if (stored.event() instanceof FailedEvent event) {
            row.put("reason", event.failures().get(0).reason());
        }
        if (stored.session() != null) {
            row.put("session", stored.session());
        }
        repeat(row, stored);
        row.putAll(FlatEvent.of(stored));
        return row;
    }

    /** Returns the details of one event: number, validity, title, time, its JSON in Micro's shape, and each failure. */
    static Map<String, @Nullable Object> detail(StoredEvent stored) {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("number", stored.number());
        detail.put("valid", stored.isGood());
        detail.put("title", FlatEvent.title(stored));
        detail.put("time", FlatEvent.iso(stored.event().payload().context().timestamp()));
        repeat(detail, stored);
        detail.put("json", json(stored));
        if (stored.event() instanceof FailedEvent event) {
            detail.put(
                    "failures",
                    event.failures().stream().map(EventRows::failure).toList());
        }
        return detail;
    }

    /** Returns an event in Micro's shape. */
    static Map<String, @Nullable Object> json(StoredEvent stored) {
        ProcessedEvent event = stored.event();
        Map<String, @Nullable Object> json =
                event instanceof GoodEvent good ? MicroJson.good(good) : MicroJson.bad((FailedEvent) event);
        repeat(json, stored);
        return json;
    }

    /** Marks an event that repeats a stored one. */
    private static void repeat(Map<String, @Nullable Object> json, StoredEvent stored) {
        if (stored.repeat()) {
            json.put("repeat", true);
        }
    }

    static Map<String, Object> summary(EventStore.Summary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", summary.total());
        json.put("good", summary.good());
        json.put("bad", summary.bad());
        return json;
    }

    /** Returns a summary with the fields by which a page notices changes. */
    static Map<String, Object> state(EventStore.Summary summary) {
        Map<String, Object> json = summary(summary);
        json.put("last", summary.last());
        json.put("evicted", summary.evicted());
        json.put("resets", summary.resets());
        return json;
    }

    private static Map<String, @Nullable Object> failure(Failure failure) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        SchemaKey schema = failure.schema();
        json.put("title", failure.step().title());
        json.put("advice", failure.step().advice());
        json.put("step", failure.step().name());
        json.put("where", failure.where());
        json.put("schema", schema == null ? null : schema.toString());
        json.put("pointer", failure.pointer());
        json.put("message", failure.message());
        return json;
    }
}
