package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.SchemaColumns;
import dev.internalevents.store.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Converts rows to events. */
final class RowReader {

    private final ResultSet rows;
    private final List<Column> atomic;
    private final List<Column> json;
    private final boolean hasRepeats;
    private Map<String, byte[]> large = Map.of();

    /** The length of the data of the current row's contexts and self-describing event, in characters. */
    private long dataChars;

    RowReader(ResultSet rows, Columns columns) throws SQLException {
        this.rows = rows;
        // A column may have been added since the query started.
        Set<String> present = new HashSet<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            present.add(rows.getMetaData().getColumnLabel(i));
        }
        this.atomic = columns.atomic().stream()
                .filter(column -> present.contains(column.name()))
                .toList();
        this.hasRepeats = present.contains(Columns.REPEAT.name());
        this.json = columns.json().stream()
                .filter(column -> present.contains(column.name()))
                .toList();
    }

    /**
     * Reads the current row.
     *
     * @param frame the request of a failed event; null if it is not needed, or no longer stored
     * @param values the row's large values by column
     */
    StoredEvent read(byte @Nullable [] frame, Map<String, byte[]> values) throws SQLException {
        large = values;
        dataChars = 0;
        AtomicValues atomic = atomic();
        CollectorPayload payload = payload(atomic, frame);
        TrackerPayload parameters = parameters();
        int index = rows.getInt("event_index");
        EventKey key = key(atomic);
        ProcessedEvent event = rows.getBoolean("valid")
                ? good(payload, Objects.requireNonNull(parameters), index, atomic, key)
                : new FailedEvent(
                        payload,
                        index,
                        parameters == null ? null : new RawEvent(payload, parameters, index),
                        atomic,
                        failures(),
                        key);
        boolean repeat = hasRepeats && rows.getBoolean(Columns.REPEAT.name());
        return new StoredEvent(rows.getLong("number"), rows.getString("session"), event, repeat);
    }

    private AtomicValues atomic() throws SQLException {
        Map<String, Object> values = new HashMap<>();
        for (Column column : atomic) {
            Object value = rows.getObject(column.name());
            Object read = value == null ? null : value(column, value);
            if (read != null) {
                values.put(column.name(), read);
            }
        }
        return AtomicValues.of(values);
    }

    /**
     * Converts a value; null for infinity, which earlier versions stored for numbers that are too large and which is
     * not a valid value.
     */
    private @Nullable Object value(Column column, Object value) throws SQLException {
        return switch (column.type()) {
            case TIME -> instant(column.name());
            case UUID -> value.toString();
            case FINGERPRINT -> value.toString().replace("-", "");
            case DOUBLE -> AtomicValues.decimal(((Number) value).doubleValue());
            default -> value;
        };
    }

    private Instant instant(String column) throws SQLException {
        return rows.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    private @Nullable EventKey key(AtomicValues values) throws SQLException {
        String fingerprint = values.text("event_fingerprint");
        if (fingerprint == null) {
            String derived = values.text("event_id");
            return derived == null ? null : EventKey.derived(UUID.fromString(derived));
        }
        String sent = rows.getString("sent_event_id");
        String id = sent == null ? values.text("event_id") : sent;
        return new EventKey(
                UUID.fromString(Objects.requireNonNull(id)),
                Long.parseUnsignedLong(fingerprint.substring(0, 16), 16),
                Long.parseUnsignedLong(fingerprint.substring(16), 16));
    }

    private CollectorPayload payload(AtomicValues values, byte @Nullable [] frame) throws SQLException {
        Map<?, ?> request = object(rows.getString("request"));
        List<?> headers = request.get("headers") instanceof List<?> list ? list : List.of();
        Instant received = values.time("collector_tstamp");
        // A sealed request must not be shown.
        CollectorPayload whole = frame == null || !RawRequests.isOpen(frame) ? null : PayloadFrame.decode(frame);
        return new CollectorPayload(
                new CollectorPayload.Api(required(request, "vendor"), required(request, "version")),
                whole == null ? null : whole.querystring(),
                text(request, "contentType"),
                text(request, "contentEncoding"),
                whole == null ? null : whole.body(),
                new CollectorPayload.Source(
                        required(request, "collector"), required(request, "encoding"), text(request, "hostname")),
                new CollectorPayload.Context(
                        received == null ? Instant.EPOCH : received,
                        text(request, "ipAddress"),
                        text(request, "useragent"),
                        text(request, "refererUri"),
                        headers.stream().map(String::valueOf).toList(),
                        text(request, "userId")));
    }

    private @Nullable TrackerPayload parameters() throws SQLException {
        String text = text("parameters");
        if (text == null) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        object(text).forEach((name, value) -> parameters.put((String) name, String.valueOf(value)));
        return new TrackerPayload(parameters);
    }

    private GoodEvent good(
            CollectorPayload payload, TrackerPayload parameters, int index, AtomicValues values, @Nullable EventKey key)
            throws SQLException {
        Map<String, List<?>> data = new HashMap<>();
        Map<?, ?> shared = shared();
        shared.forEach((name, value) -> {
            if (value instanceof List<?> list) {
                data.put((String) name, new ArrayList<>(list));
            }
        });
        large.forEach((name, bytes) -> {
            if (SchemaColumns.isContexts(name)) {
                data.put(name, new ArrayList<>(array(new String(bytes, StandardCharsets.UTF_8))));
            }
        });
        for (Column column : json) {
            String text = column.type() == Column.Type.CONTEXTS ? data(column.name()) : null;
            if (text != null) {
                data.put(column.name(), new ArrayList<>(array(text)));
            }
        }
        Contexts contexts = contexts(text("context_schemas"), data);
        Contexts derived = contexts(rows.getString("derived_schemas"), data);
        SchemaKey schema = SchemaKey.parse(rows.getString("event_schema"));
        UnstructEvent unstruct = unstruct(schema, values, shared);
        return new GoodEvent(
                new RawEvent(payload, sent(parameters, contexts, unstruct), index),
                schema,
                values,
                contexts,
                unstruct,
                derived,
                key);
    }

    private @Nullable String text(String column) throws SQLException {
        byte[] elsewhere = large.get(column);
        return elsewhere == null ? rows.getString(column) : new String(elsewhere, StandardCharsets.UTF_8);
    }

    /** Returns the text of a column with data of a schema, and adds its length to {@link #dataChars}. */
    private @Nullable String data(String column) throws SQLException {
        String text = text(column);
        dataChars += text == null ? 0 : text.length();
        return text;
    }

    private Map<?, ?> shared() throws SQLException {
        String text = data(Columns.MORE);
        return text == null ? Map.of() : object(text);
    }

    private @Nullable UnstructEvent unstruct(SchemaKey schema, AtomicValues values, Map<?, ?> shared)
            throws SQLException {
        if (!"unstruct".equals(values.text("event"))) {
            return null;
        }
        String column = SchemaColumns.ofUnstructEvent(schema);
        boolean known = large.containsKey(column)
                || json.stream().anyMatch(one -> one.name().equals(column));
        String text = known ? data(column) : null;
        if (text != null) {
            return new UnstructEvent(new SelfDescribingJson(schema, Json.parse(text)));
        }
        return shared.containsKey(column)
                ? new UnstructEvent(new SelfDescribingJson(schema, shared.get(column)))
                : null;
    }

    /** Rebuilds contexts: the schemas are in the order of the event, and each takes the next value of its column. */
    private static Contexts contexts(@Nullable String schemas, Map<String, List<?>> data) {
        if (schemas == null) {
            return Contexts.NONE;
        }
        List<SelfDescribingJson> contexts = new ArrayList<>();
        for (String uri : schemas.split("\n", -1)) {
            SchemaKey schema = SchemaKey.parse(uri);
            List<?> column = Objects.requireNonNull(data.get(SchemaColumns.ofContexts(schema)), uri);
            contexts.add(new SelfDescribingJson(schema, column.remove(0)));
        }
        return new Contexts(contexts);
    }

    /**
     * Returns the parameters as they were sent. Contexts and a self-describing event are encoded when the parameters
     * are read, which only Micro's {@code rawEvent} does.
     */
    private TrackerPayload sent(TrackerPayload others, Contexts contexts, @Nullable UnstructEvent unstruct) {
        if (contexts.isEmpty() && unstruct == null) {
            return others;
        }
        return TrackerPayload.built(others.length() + dataChars * 4 / 3, () -> {
            Map<String, String> whole = new LinkedHashMap<>(others.parameters());
            if (!contexts.isEmpty()) {
                whole.put("cx", base64(contexts::writeTo));
            }
            if (unstruct != null) {
                whole.put("ue_px", base64(unstruct::writeTo));
            }
            return whole;
        });
    }

    private static String base64(Consumer<JsonWriter> json) {
        JsonWriter out = new JsonWriter(1_024);
        json.accept(out);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    }

    private List<Failure> failures() throws SQLException {
        List<Failure> failures = new ArrayList<>();
        for (Object item : array(Objects.requireNonNull(text("failures")))) {
            Map<?, ?> failure = (Map<?, ?>) item;
            String schema = text(failure, "schema");
            failures.add(new Failure(
                    Failure.Step.valueOf(required(failure, "step")),
                    required(failure, "where"),
                    schema == null ? null : SchemaKey.parse(schema),
                    required(failure, "pointer"),
                    required(failure, "message")));
        }
        return failures;
    }

    private static Map<?, ?> object(String json) {
        if (Json.parse(json) instanceof Map<?, ?> object) {
            return object;
        }
        throw new IllegalStateException("a column of the store does not contain a JSON object");
    }

    private static List<?> array(String json) {
        if (Json.parse(json) instanceof List<?> list) {
            return list;
        }
        throw new IllegalStateException("a column of the store does not contain a JSON array");
    }

    private static @Nullable String text(Map<?, ?> json, String name) {
        return json.get(name) instanceof String text ? text : null;
    }

    private static String required(Map<?, ?> json, String name) {
        return Objects.requireNonNull(text(json, name), name);
    }
}
