package dev.internalevents.collector.store;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An event as columns: its atomic fields, {@code contexts_vendor_name_model} with the data of each context of a schema,
 * and {@code unstruct_event_vendor_name_model}. The names are those that Snowplow's loaders give.
 */
public final class FlatEvent {

    /** UTF-16 characters of a failed event's title, at most. */
    private static final int MAX_TITLE = 1_000;

    private FlatEvent() {}

    /** The column of a context's schema. */
    public static String contextColumn(SchemaKey schema) {
        return "contexts_" + name(schema);
    }

    /** The column of a self-describing event's schema. */
    public static String unstructColumn(SchemaKey schema) {
        return "unstruct_event_" + name(schema);
    }

    private static String name(SchemaKey schema) {
        return (schema.vendor() + "_" + schema.name())
                        .replaceAll("[^A-Za-z0-9]", "_")
                        .toLowerCase(Locale.ROOT)
                + "_" + schema.version().model();
    }

    /** The columns that have a value; times as texts. */
    public static Map<String, @Nullable Object> of(StoredEvent stored) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        stored.event().atomic().forEach((name, value) -> columns.put(name, json(value)));
        if (stored.event() instanceof GoodEvent event) {
            contexts(columns, event.contexts().list());
            contexts(columns, event.derivedContexts().list());
            UnstructEvent unstruct = event.unstruct();
            if (unstruct != null) {
                columns.put(
                        unstructColumn(unstruct.event().schema()),
                        unstruct.event().data());
            }
        } else {
            columns.put(
                    "errors",
                    ((FailedEvent) stored.event())
                            .failures().stream()
                                    .map(failure -> failure.sentence())
                                    .toList());
        }
        return columns;
    }

    /** A value as JSON has it: a time as ISO-8601 in UTC with milliseconds. */
    public static Object json(Object value) {
        return value instanceof Instant time ? iso(time) : value;
    }

    /** As Micro writes times. */
    public static String iso(Instant time) {
        String text = time.toString();
        return text.length() == "2026-01-01T00:00:00Z".length() ? text.replace("Z", ".000Z") : text;
    }

    /** What people call the event: a structured event's action, else its name. */
    public static String title(StoredEvent stored) {
        if (stored.event() instanceof GoodEvent event) {
            String name = event.atomic().text("struct".equals(event.eventType()) ? "se_action" : "event_name");
            return name == null ? event.eventType() : name;
        }
        RawEvent raw = stored.event().raw();
        if (raw == null) {
            return "(unreadable request)";
        }
        String action = raw.parameters().get("se_ac");
        return shortened(
                action != null ? action : "(e=" + raw.parameters().parameters().getOrDefault("e", "missing") + ")");
    }

    /** What a sender calls a failed event is as long as the sender likes. */
    private static String shortened(String title) {
        return title.length() <= MAX_TITLE ? title : title.substring(0, MAX_TITLE - 1) + "…";
    }

    /** The values of a column, as texts; of a column of JSON {@code column.field}, those of each context. */
    static List<String> values(Map<String, @Nullable Object> columns, String column) {
        Object direct = columns.get(column);
        if (direct != null) {
            return List.of(text(direct));
        }
        int dot = column.indexOf('.');
        if (dot < 0) {
            return List.of();
        }
        Object json = columns.get(column.substring(0, dot));
        List<String> values = new ArrayList<>();
        for (Object item : json instanceof List<?> list ? list : json == null ? List.of() : List.of(json)) {
            Object value = item instanceof Map<?, ?> data ? data.get(column.substring(dot + 1)) : null;
            if (value != null) {
                values.add(text(value));
            }
        }
        return values;
    }

    /** The names under which {@link #values} finds something, {@code errors} left out. */
    static Set<String> columnsOfJson(Map<String, @Nullable Object> columns) {
        Set<String> names = new TreeSet<>();
        columns.forEach((name, value) -> {
            if (name.startsWith("contexts_") || name.startsWith("unstruct_event_")) {
                for (Object item : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
                    if (item instanceof Map<?, ?> data) {
                        data.keySet().forEach(field -> names.add(name + "." + field));
                    }
                }
            }
        });
        return names;
    }

    private static String text(Object value) {
        return value instanceof String text ? text : Json.write(value);
    }

    @SuppressWarnings("unchecked") // Each such column holds a list that was made here.
    private static void contexts(Map<String, @Nullable Object> columns, List<SelfDescribingJson> contexts) {
        for (SelfDescribingJson context : contexts) {
            ((List<@Nullable Object>)
                            columns.computeIfAbsent(contextColumn(context.schema()), column -> new ArrayList<>()))
                    .add(context.data());
        }
    }
}
