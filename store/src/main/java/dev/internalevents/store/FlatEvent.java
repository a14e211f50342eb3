package dev.internalevents.store;

import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Converts an event to columns: its atomic fields, and a column for the data of each schema, see {@link SchemaColumns}.
 */
public final class FlatEvent {

    /** Maximum length of a failed event's title, in UTF-16 characters. */
    private static final int MAX_TITLE = 1_000;

    private FlatEvent() {}

    /** Returns the columns that have a value; times as text. */
    public static Map<String, @Nullable Object> of(StoredEvent stored) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        stored.event().atomic().forEach((name, value) -> columns.put(name, json(value)));
        if (stored.event() instanceof GoodEvent event) {
            contexts(columns, event.contexts().list());
            contexts(columns, event.derivedContexts().list());
            UnstructEvent unstruct = event.unstruct();
            if (unstruct != null) {
                columns.put(
                        SchemaColumns.ofUnstructEvent(unstruct.event().schema()),
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

    /**
     * Returns a value as it is written to JSON: a time as ISO-8601 text in UTC with milliseconds, anything else
     * unchanged.
     */
    public static Object json(Object value) {
        return value instanceof Instant time ? iso(time) : value;
    }

    /** Formats a time as Micro does. */
    public static String iso(Instant time) {
        String text = time.toString();
        return text.length() == "2026-01-01T00:00:00Z".length() ? text.replace("Z", ".000Z") : text;
    }

    /** Returns the event's display name: the action of a structured event, otherwise the event name. */
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
        String name = action == null ? name(stored.event().atomic()) : action;
        return shortened(
                name == null ? "(e=" + raw.parameters().parameters().getOrDefault("e", "missing") + ")" : name);
    }

    /**
     * Returns the name of a failed event; null if its type, or the schema of its self-describing data, could not be
     * read.
     */
    private static @Nullable String name(AtomicValues fields) {
        String type = fields.text("event");
        String name = fields.text("event_name");
        return type == null || ("unstruct".equals(type) && "unstruct".equals(name)) ? null : name;
    }

    /** Truncates a title: names of failed events are untrusted and of any length. */
    private static String shortened(String title) {
        return title.length() <= MAX_TITLE ? title : title.substring(0, MAX_TITLE - 1) + "…";
    }

    /**
     * Returns the values of a column as text; for a JSON field {@code column.field}, one value per context. Reads only
     * this column, because filters need one column of many events.
     */
    static List<String> values(StoredEvent stored, String column) {
        return values(stored, column, Integer.MAX_VALUE);
    }

    /**
     * Returns values as {@link #values(StoredEvent, String)} does, without those whose text is longer than
     * {@code maxChars}.
     */
    static List<String> values(StoredEvent stored, String column, int maxChars) {
        Object atomic = stored.event().atomic().get(column);
        if (atomic != null) {
            return fits(atomic, maxChars) ? List.of(text(json(atomic))) : List.of();
        }
        int dot = column.indexOf('.');
        if (dot < 0) {
            Object whole = SchemaColumns.isOfSchema(column) || column.equals("errors")
                    ? of(stored).get(column)
                    : null;
            return whole == null || !fits(whole, maxChars) ? List.of() : List.of(text(whole));
        }
        List<String> values = new ArrayList<>(1);
        for (Object data : data(stored, column.substring(0, dot))) {
            Object value = data instanceof Map<?, ?> map ? map.get(column.substring(dot + 1)) : null;
            if (value != null && fits(value, maxChars)) {
                values.add(text(value));
            }
        }
        return values;
    }

    private static List<@Nullable Object> data(StoredEvent stored, String column) {
        if (!SchemaColumns.isOfSchema(column) || !(stored.event() instanceof GoodEvent event)) {
            return List.of();
        }
        List<@Nullable Object> data = new ArrayList<>(1);
        UnstructEvent unstruct = event.unstruct();
        if (unstruct != null
                && column.equals(SchemaColumns.ofUnstructEvent(unstruct.event().schema()))) {
            data.add(unstruct.event().data());
        }
        for (List<SelfDescribingJson> contexts :
                List.of(event.contexts().list(), event.derivedContexts().list())) {
            for (SelfDescribingJson context : contexts) {
                if (column.equals(SchemaColumns.ofContexts(context.schema()))) {
                    data.add(context.data());
                }
            }
        }
        return data;
    }

    private static boolean fits(Object value, int maxChars) {
        return maxChars == Integer.MAX_VALUE || left(value, maxChars) >= 0;
    }

    /**
     * Subtracts the approximate length of a value's text from a number of characters; negative if the text is too long.
     */
    private static int left(@Nullable Object value, int chars) {
        if (value instanceof String text) {
            return chars - text.length();
        }
        int left = chars;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                left = left < 0 ? left : left(entry.getValue(), left(entry.getKey(), left - 1));
            }
        } else if (value instanceof List<?> list) {
            for (Object item : list) {
                left = left < 0 ? left : left(item, left - 1);
            }
        } else if (value instanceof BigInteger || value instanceof BigDecimal) {
            left -= value.toString().length();
        }
        return left;
    }

    /** Returns the names of JSON fields for which {@link #values} finds something; {@code errors} is not included. */
    static Set<String> columnsOfJson(Map<String, @Nullable Object> columns) {
        Set<String> names = new TreeSet<>();
        columns.forEach((name, value) -> {
            if (SchemaColumns.isOfSchema(name)) {
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

    @SuppressWarnings("unchecked") // Each such column contains a list created here.
    private static void contexts(Map<String, @Nullable Object> columns, List<SelfDescribingJson> contexts) {
        for (SelfDescribingJson context : contexts) {
            ((List<@Nullable Object>) columns.computeIfAbsent(
                            SchemaColumns.ofContexts(context.schema()), column -> new ArrayList<>()))
                    .add(context.data());
        }
    }
}
