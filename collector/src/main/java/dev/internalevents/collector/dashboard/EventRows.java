package dev.internalevents.collector.dashboard;

import dev.internalevents.collector.micro.MicroJson;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.TrackerPayload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as the dashboard's table and detail view need them. */
final class EventRows {

    private EventRows() {}

    /** One row of the table: few fields, so that many fit into an answer. */
    static Map<String, @Nullable Object> row(StoredEvent stored) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("number", stored.number());
        row.put("status", stored.event() instanceof GoodEvent ? "good" : "bad");
        row.put("time", stored.event().payload().context().timestamp().toString());
        row.put("name", name(stored));
        if (stored.event() instanceof GoodEvent event) {
            row.put("type", event.eventType());
            row.put("app", event.atomic().get("app_id"));
            row.put("category", event.atomic().get("se_category"));
            row.put("label", event.atomic().get("se_label"));
            row.put(
                    "contexts",
                    event.contexts().list().stream()
                            .map(context -> context.schema().name())
                            .toList());
        } else {
            FailedEvent event = (FailedEvent) stored.event();
            RawEvent raw = event.raw();
            row.put("app", raw == null ? null : raw.parameters().get("aid"));
            row.put("category", raw == null ? null : raw.parameters().get("se_ca"));
            row.put("label", raw == null ? null : raw.parameters().get("se_la"));
            row.put("reason", event.failures().get(0).sentence());
            row.put("reasons", event.failures().size());
        }
        return row;
    }

    /** Everything about one event: its row, its JSON in Micro's shape, and what is wrong with it piece by piece. */
    static Map<String, @Nullable Object> detail(StoredEvent stored) {
        Map<String, @Nullable Object> detail = row(stored);
        if (stored.event() instanceof GoodEvent event) {
            detail.put("json", MicroJson.good(event));
        } else {
            FailedEvent event = (FailedEvent) stored.event();
            detail.put("json", MicroJson.bad(event));
            detail.put(
                    "failures",
                    event.failures().stream().map(EventRows::failure).toList());
        }
        return detail;
    }

    static Map<String, Object> summary(EventStore.Summary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("good", summary.good());
        json.put("bad", summary.bad());
        json.put("last", summary.last());
        json.put("evicted", summary.evicted());
        json.put("resets", summary.resets());
        return json;
    }

    /** What a developer calls the event. */
    static String name(StoredEvent stored) {
        if (stored.event() instanceof GoodEvent event) {
            Object name = event.atomic().get("struct".equals(event.eventType()) ? "se_action" : "event_name");
            return name == null ? event.eventType() : name.toString();
        }
        RawEvent raw = ((FailedEvent) stored.event()).raw();
        if (raw == null) {
            return "(unreadable request)";
        }
        TrackerPayload parameters = raw.parameters();
        String action = parameters.get("se_ac");
        return action != null ? action : "(e=" + parameters.parameters().getOrDefault("e", "missing") + ")";
    }

    private static Map<String, @Nullable Object> failure(Failure failure) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        SchemaKey schema = failure.schema();
        json.put("title", failure.step().title());
        json.put("where", failure.where());
        json.put("schema", schema == null ? null : schema.toString());
        json.put("pointer", failure.pointer());
        json.put("message", failure.message());
        return json;
    }
}
