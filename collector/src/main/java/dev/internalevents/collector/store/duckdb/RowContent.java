package dev.internalevents.collector.store.duckdb;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.FlatEvent;
import dev.internalevents.pipeline.AtomicFields;
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
import org.jspecify.annotations.Nullable;

/**
 * What the columns of JSON are given of an event. Making it is most of the work of a row, and can be done on any thread
 * before the row is written.
 */
final class RowContent implements EventStore.Content {

    /** Parameters that are kept as columns of JSON, or as the id, and need not be kept twice. */
    static final Set<String> KEPT_ELSEWHERE = Set.of("cx", "co", "ue_px", "ue_pr");

    /** Names of one row's column that are looked at; a column has fewer. */
    private static final int MAX_FIELDS = 2_000;

    /** Of the values that are not counted one by one: times, numbers, flags. */
    private static final int FIXED_WEIGHT = 300;

    private static final Cache<SchemaKey, String> CONTEXT_COLUMNS =
            Caffeine.newBuilder().maximumSize(2_000).build();

    /** The data of contexts and of a self-describing event, by column. */
    final Map<String, JsonColumn> json = new LinkedHashMap<>(4);

    final byte @Nullable [] parameters;
    final byte @Nullable [] failures;
    final @Nullable String contextSchemas;
    final @Nullable String derivedSchemas;

    /** About how many bytes the row has. */
    private final long weight;

    /** JSON with the names of its fields. */
    static final class JsonColumn {
        private final boolean list;
        private byte[] bytes = {};
        private final JsonWriter out = new JsonWriter(1024);
        private final Set<String> fields = new LinkedHashSet<>();
        private final Set<SchemaKey> schemas = new LinkedHashSet<>(2);

        private JsonColumn(boolean list) {
            this.list = list;
            if (list) {
                out.beginArray();
            }
        }

        private void add(SelfDescribingJson json) {
            schemas.add(json.schema());
            out.value(json.data());
            if (json.data() instanceof Map<?, ?> object) {
                for (Object field : object.keySet()) {
                    if (fields.size() == MAX_FIELDS) {
                        return;
                    }
                    fields.add((String) field);
                }
            }
        }

        private void finish() {
            bytes = list ? out.endArray().toByteArray() : out.toByteArray();
        }

        byte[] bytes() {
            return bytes;
        }

        /** The names at the top level of the data, up to a number. */
        Set<String> fields() {
            return fields;
        }

        /** The schemas of the data. */
        Set<SchemaKey> schemas() {
            return schemas;
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
                column.add(unstruct.event());
                json.put(FlatEvent.unstructColumn(unstruct.event().schema()), column);
            }
            json.values().forEach(JsonColumn::finish);
            this.contextSchemas = schemas(event.contexts());
            this.derivedSchemas = schemas(event.derivedContexts());
        } else {
            this.contextSchemas = null;
            this.derivedSchemas = null;
        }
        this.weight = weight(processed);
    }

    @Override
    public long weight() {
        return weight;
    }

    private long weight(ProcessedEvent processed) {
        long bytes = FIXED_WEIGHT;
        for (JsonColumn column : json.values()) {
            bytes += column.bytes().length;
        }
        bytes += parameters == null ? 0 : parameters.length;
        bytes += failures == null ? 0 : failures.length;
        for (int i = 0; i < AtomicFields.NAMES.size(); i++) {
            if (processed.atomic().get(i) instanceof String text) {
                bytes += text.length();
            }
        }
        for (String header : processed.payload().context().headers()) {
            bytes += header.length();
        }
        return bytes;
    }

    private void contexts(Contexts contexts) {
        for (SelfDescribingJson context : contexts.list()) {
            json.computeIfAbsent(contextColumn(context.schema()), name -> new JsonColumn(true))
                    .add(context);
        }
    }

    private static String contextColumn(SchemaKey schema) {
        return CONTEXT_COLUMNS.get(schema, FlatEvent::contextColumn);
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
