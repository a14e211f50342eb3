package dev.internalevents.collector.store.duckdb;

import dev.internalevents.collector.store.FlatEvent;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of JSON are given of an event. Making it is most of the work of a row, and can be done on any thread
 * before the row is written.
 */
final class RowContent {

    /** Parameters that are kept as columns of JSON, or as the id, and need not be kept twice. */
    static final Set<String> KEPT_ELSEWHERE = Set.of("cx", "co", "ue_px", "ue_pr");

    private static final int MAX_NAMES = 2_000;
    private static final Map<SchemaKey, String> CONTEXT_COLUMNS = new ConcurrentHashMap<>();

    /** The data of contexts and of a self-describing event, by column. */
    final Map<String, JsonColumn> json = new LinkedHashMap<>(4);

    final byte @Nullable [] parameters;
    final byte @Nullable [] failures;
    final @Nullable String contextSchemas;
    final @Nullable String derivedSchemas;

    /** JSON with the names of its fields. */
    static final class JsonColumn {
        private final boolean list;
        private byte[] bytes = {};
        private final JsonWriter out = new JsonWriter(1024);
        private final Set<String> fields = new LinkedHashSet<>();

        private JsonColumn(boolean list) {
            this.list = list;
            if (list) {
                out.beginArray();
            }
        }

        private void add(@Nullable Object data) {
            out.value(data);
            if (data instanceof Map<?, ?> object) {
                object.keySet().forEach(field -> fields.add((String) field));
            }
        }

        private void finish() {
            bytes = list ? out.endArray().toByteArray() : out.toByteArray();
        }

        byte[] bytes() {
            return bytes;
        }

        Set<String> fields() {
            return fields;
        }
    }

    RowContent(ProcessedEvent processed) {
        this.parameters = parameters(processed);
        this.failures = failures(processed);
        if (processed instanceof GoodEvent event) {
            contexts(event.contexts());
            contexts(event.derivedContexts());
            UnstructEvent unstruct = event.unstruct();
            if (unstruct != null) {
                JsonColumn column = new JsonColumn(false);
                column.add(unstruct.event().data());
                json.put(FlatEvent.unstructColumn(unstruct.event().schema()), column);
            }
            json.values().forEach(JsonColumn::finish);
            this.contextSchemas = schemas(event.contexts());
            this.derivedSchemas = schemas(event.derivedContexts());
        } else {
            this.contextSchemas = null;
            this.derivedSchemas = null;
        }
    }

    private void contexts(Contexts contexts) {
        for (SelfDescribingJson context : contexts.list()) {
            json.computeIfAbsent(contextColumn(context.schema()), name -> new JsonColumn(true))
                    .add(context.data());
        }
    }

    private static String contextColumn(SchemaKey schema) {
        String name = CONTEXT_COLUMNS.get(schema);
        if (name == null) {
            name = FlatEvent.contextColumn(schema);
            if (CONTEXT_COLUMNS.size() < MAX_NAMES) {
                CONTEXT_COLUMNS.put(schema, name);
            }
        }
        return name;
    }

    private static @Nullable String schemas(Contexts contexts) {
        List<SelfDescribingJson> list = contexts.list();
        if (list.size() == 1) {
            return list.get(0).schema().toString();
        }
        StringBuilder all = new StringBuilder();
        for (SelfDescribingJson context : list) {
            all.append(all.isEmpty() ? "" : "\n").append(context.schema());
        }
        return all.isEmpty() ? null : all.toString();
    }

    /** What the events of one request share. */
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

    private static byte @Nullable [] parameters(ProcessedEvent event) {
        RawEvent raw = event.raw();
        if (raw == null) {
            return null;
        }
        boolean good = event instanceof GoodEvent;
        JsonWriter out = new JsonWriter(512).beginObject();
        raw.parameters().parameters().forEach((name, value) -> {
            if (!good || !KEPT_ELSEWHERE.contains(name)) {
                out.name(name).string(value);
            }
        });
        return out.endObject().toByteArray();
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
