package dev.internalevents.store.duckdb;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.SchemaColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of an event's JSON columns. Creating them is most of the work of writing a row, and can be done on any
 * thread before the row is written.
 */
final class RowContent implements EventStore.Content {

    /** Parameters that are already stored as JSON columns. */
    static final Set<String> KEPT_ELSEWHERE = Set.of("cx", "co", "ue_px", "ue_pr");

    /** Maximum number of field names examined per row and column; columns usually have fewer. */
    private static final int MAX_FIELDS = 2_000;

    /** Assumed size of the values that are not measured individually: times, numbers, flags. */
    private static final int FIXED_WEIGHT = 300;

    /** With more columns than this, lookups use a map. */
    private static final int FEW = 8;

    /** A writer with a larger buffer, in bytes, is not reused for the next row. */
    private static final int MAX_KEPT = 64 << 10;

    /** Reused for all rows of a thread. */
    private static final ThreadLocal<JsonWriter> WRITER = ThreadLocal.withInitial(() -> new JsonWriter(4_096));

    private static final Cache<SchemaKey, Context> CONTEXTS =
            Caffeine.newBuilder().maximumSize(2_000).build();

    /** The column name and the URI of a context's schema. */
    private record Context(String column, String schema) {

        static Context of(SchemaKey schema) {
            return CONTEXTS.get(schema, key -> new Context(SchemaColumns.ofContexts(key), key.toString()));
        }
    }

    /** The data of contexts and of a self-describing event, one entry per column. */
    private final List<JsonColumn> columns;

    private final @Nullable Map<String, JsonColumn> byName;
    final byte @Nullable [] parameters;
    final byte @Nullable [] failures;
    final @Nullable String contextSchemas;
    final @Nullable String derivedSchemas;

    /** The approximate size of the row in bytes. */
    private final long weight;

    /**
     * The JSON of a column, with the names of its fields.
     *
     * @param name the name of the column
     * @param bytes the JSON
     * @param fields the distinct top-level names of the data, up to {@link RowContent#MAX_FIELDS}
     * @param schemas the distinct schemas of the data
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record JsonColumn(String name, byte[] bytes, String[] fields, SchemaKey[] schemas) {

        private static final byte[] NOTHING = {};

        private static JsonColumn ofContext(String name, SelfDescribingJson only, JsonWriter out) {
            out.beginArray().value(only.data()).endArray();
            return written(name, only, out);
        }

        private static JsonColumn ofUnstructEvent(String name, SelfDescribingJson event, JsonWriter out) {
            out.value(event.data());
            return written(name, event, out);
        }

        private static JsonColumn written(String name, SelfDescribingJson only, JsonWriter out) {
            String[] fields = {};
            if (only.data() instanceof Map<?, ?> object) {
                fields = new String[Math.min(MAX_FIELDS, object.size())];
                int count = 0;
                for (Object field : object.keySet()) {
                    if (count == fields.length) {
                        break;
                    }
                    fields[count++] = (String) field;
                }
            }
            return new JsonColumn(name, taken(out), fields, new SchemaKey[] {only.schema()});
        }

        private static JsonColumn ofContexts(String name, List<SelfDescribingJson> list, JsonWriter out) {
            Set<String> fields = new LinkedHashSet<>();
            Set<SchemaKey> schemas = new LinkedHashSet<>();
            out.beginArray();
            for (SelfDescribingJson json : list) {
                schemas.add(json.schema());
                out.value(json.data());
                if (json.data() instanceof Map<?, ?> object) {
                    for (Object field : object.keySet()) {
                        if (fields.size() == MAX_FIELDS) {
                            break;
                        }
                        fields.add((String) field);
                    }
                }
            }
            out.endArray();
            return new JsonColumn(name, taken(out), fields.toArray(new String[0]), schemas.toArray(new SchemaKey[0]));
        }

        /** Returns whether fields and schemas are the same, in the same order. */
        boolean hasFieldsOf(JsonColumn other) {
            return Arrays.equals(fields, other.fields) && Arrays.equals(schemas, other.schemas);
        }

        /** Returns a copy with only what {@link #hasFieldsOf} needs. */
        JsonColumn withoutData() {
            return new JsonColumn(name, NOTHING, fields, schemas);
        }
    }

    RowContent(ProcessedEvent processed) {
        JsonWriter out = WRITER.get().reset();
        this.parameters = parameters(processed, out);
        this.failures = failures(processed);
        if (processed instanceof GoodEvent event) {
            this.columns = columns(event, out);
            this.contextSchemas = schemas(event.contexts());
            this.derivedSchemas = schemas(event.derivedContexts());
        } else {
            this.columns = List.of();
            this.contextSchemas = null;
            this.derivedSchemas = null;
        }
        this.byName = columns.size() <= FEW ? null : byName(columns);
        this.weight = weight(processed);
        if (out.array().length > MAX_KEPT) {
            WRITER.remove();
        }
    }

    private static List<JsonColumn> columns(GoodEvent event, JsonWriter out) {
        List<SelfDescribingJson> contexts = event.contexts().list();
        UnstructEvent unstruct = event.unstruct();
        if (contexts.size() == 1 && unstruct == null && event.derivedContexts().isEmpty()) {
            SelfDescribingJson only = contexts.get(0);
            return List.of(JsonColumn.ofContext(Context.of(only.schema()).column(), only, out));
        }
        Map<String, List<SelfDescribingJson>> byColumn = new LinkedHashMap<>(4);
        group(contexts, byColumn);
        group(event.derivedContexts().list(), byColumn);
        List<JsonColumn> columns = new ArrayList<>(byColumn.size() + 1);
        byColumn.forEach((name, list) -> columns.add(
                list.size() == 1
                        ? JsonColumn.ofContext(name, list.get(0), out)
                        : JsonColumn.ofContexts(name, list, out)));
        if (unstruct != null) {
            String name = SchemaColumns.ofUnstructEvent(unstruct.event().schema());
            columns.add(JsonColumn.ofUnstructEvent(name, unstruct.event(), out));
        }
        return columns;
    }

    private static void group(List<SelfDescribingJson> contexts, Map<String, List<SelfDescribingJson>> byColumn) {
        for (SelfDescribingJson context : contexts) {
            byColumn.computeIfAbsent(Context.of(context.schema()).column(), column -> new ArrayList<>(1))
                    .add(context);
        }
    }

    private static Map<String, JsonColumn> byName(List<JsonColumn> columns) {
        Map<String, JsonColumn> byName = new HashMap<>();
        columns.forEach(column -> byName.put(column.name(), column));
        return byName;
    }

    private static byte[] taken(JsonWriter out) {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    /** Returns the data of contexts and of a self-describing event, one entry per column. */
    List<JsonColumn> columns() {
        return columns;
    }

    /** Returns the value of the column with this name; null if there is none. */
    @Nullable
    JsonColumn column(String name) {
        if (byName != null) {
            return byName.get(name);
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return columns.get(i);
            }
        }
        return null;
    }

    @Override
    public long weight() {
        return weight;
    }

    private long weight(ProcessedEvent processed) {
        long bytes = FIXED_WEIGHT;
        for (JsonColumn column : columns) {
            bytes += column.bytes().length;
        }
        bytes += parameters == null ? 0 : parameters.length;
        bytes += failures == null ? 0 : failures.length;
        bytes += processed.atomic().textLength();
        for (String header : processed.payload().context().headers()) {
            bytes += header.length();
        }
        return bytes;
    }

    private static @Nullable String schemas(Contexts contexts) {
        List<SelfDescribingJson> list = contexts.list();
        if (list.size() == 1) {
            return Context.of(list.get(0).schema()).schema();
        }
        StringBuilder all = new StringBuilder();
        for (SelfDescribingJson context : list) {
            all.append(all.isEmpty() ? "" : "\n").append(context.schema());
        }
        return all.isEmpty() ? null : all.toString();
    }

    /** Returns the JSON with the parts of a request that its events share. */
    static byte[] request(CollectorPayload payload) {
        CollectorPayload.Context context = payload.context();
        JsonWriter out = new JsonWriter(512).beginObject();
        text(out, "vendor", payload.api().vendor());
        text(out, "version", payload.api().version());
        text(out, "contentType", payload.contentType());
        text(out, "contentEncoding", payload.contentEncoding());
        text(out, "collector", payload.source().name());
        text(out, "encoding", payload.source().encoding());
        text(out, "hostname", payload.source().hostname());
        text(out, "ipAddress", context.ipAddress());
        text(out, "useragent", context.useragent());
        text(out, "refererUri", context.refererUri());
        text(out, "userId", context.userId());
        out.name("headers").beginArray();
        context.headers().forEach(out::string);
        return out.endArray().endObject().toByteArray();
    }

    private static void text(JsonWriter out, String name, @Nullable String value) {
        if (value != null) {
            out.name(name).string(value);
        }
    }

    private static byte @Nullable [] parameters(ProcessedEvent event, JsonWriter out) {
        RawEvent raw = event.raw();
        if (raw == null) {
            return null;
        }
        boolean good = event instanceof GoodEvent;
        out.beginObject();
        raw.parameters().parameters().forEach((name, value) -> {
            if (!good || !KEPT_ELSEWHERE.contains(name)) {
                out.name(name).string(value);
            }
        });
        return taken(out.endObject());
    }

    private static byte @Nullable [] failures(ProcessedEvent processed) {
        if (!(processed instanceof FailedEvent event)) {
            return null;
        }
        JsonWriter out = new JsonWriter(512).beginArray();
        for (Failure failure : event.failures()) {
            SchemaKey schema = failure.schema();
            out.beginObject().name("step").string(failure.step().name());
            text(out, "where", failure.where());
            text(out, "schema", schema == null ? null : schema.toString());
            text(out, "pointer", failure.pointer());
            text(out, "message", failure.message());
            out.endObject();
        }
        return out.endArray().toByteArray();
    }
}
