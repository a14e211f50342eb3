package dev.internalevents.collector.micro;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import dev.internalevents.store.FlatEvent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Converts events to the shapes of Micro's API: GoodEvent and BadEvent. */
public final class MicroJson {

    private MicroJson() {}

    public static Map<String, @Nullable Object> good(GoodEvent event) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("rawEvent", raw(event.raw()));
        json.put("eventType", event.eventType());
        json.put("schema", event.schema().toString());
        json.put(
                "contexts",
                event.contexts().list().stream()
                        .map(context -> context.schema().toString())
                        .toList());
        json.put("event", atomic(event));
        return json;
    }

    public static Map<String, @Nullable Object> bad(FailedEvent event) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("collectorPayload", payload(event.payload()));
        RawEvent raw = event.raw();
        json.put("rawEvent", raw == null ? null : raw(raw));
        json.put("errors", event.failures().stream().map(Failure::sentence).toList());
        return json;
    }

    private static Map<String, @Nullable Object> atomic(GoodEvent event) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        for (String field : AtomicFields.NAMES) {
            Object value = event.atomic().get(field);
            json.put(field, value == null ? null : FlatEvent.json(value));
        }
        json.put("contexts", event.contexts().toMap());
        UnstructEvent unstruct = event.unstruct();
        json.put(
                "unstruct_event",
                unstruct == null
                        ? null
                        : new SelfDescribingJson(
                                        UnstructEvent.SCHEMA,
                                        Json.immutable(unstruct.event().toMap()))
                                .toMap());
        json.put("derived_contexts", event.derivedContexts().toMap());
        return json;
    }

    private static Map<String, @Nullable Object> raw(RawEvent raw) {
        CollectorPayload payload = raw.payload();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("api", api(payload.api()));
        json.put("parameters", raw.parameters().parameters());
        json.put("contentType", payload.contentType());
        json.put("source", source(payload.source()));
        json.put("context", context(payload.context()));
        return json;
    }

    private static Map<String, @Nullable Object> payload(CollectorPayload payload) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("api", api(payload.api()));
        json.put("querystring", pairs(payload.querystring()));
        json.put("contentType", payload.contentType());
        RequestBody body = payload.body();
        json.put("body", body == null ? null : body.text());
        if (body != null && !body.isText()) {
            // The text cannot represent these bytes, so send them unchanged as well.
            json.put("bodyBase64", body.base64());
        }
        json.put("source", source(payload.source()));
        json.put("context", context(payload.context()));
        return json;
    }

    /** Returns a query as strings {@code name=value}; a pair with invalid escapes stays as it was sent. */
    private static List<String> pairs(@Nullable String query) {
        return query == null
                ? List.of()
                : Stream.of(query.split("&", -1))
                        .filter(pair -> !pair.isEmpty())
                        .map(MicroJson::unescaped)
                        .toList();
    }

    private static String unescaped(String pair) {
        try {
            return URLDecoder.decode(pair, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return pair;
        }
    }

    private static Map<String, Object> api(CollectorPayload.Api api) {
        return ordered("vendor", api.vendor(), "version", api.version());
    }

    private static Map<String, @Nullable Object> source(CollectorPayload.Source source) {
        return ordered("name", source.name(), "encoding", source.encoding(), "hostname", source.hostname());
    }

    private static Map<String, @Nullable Object> context(CollectorPayload.Context context) {
        return ordered(
                "timestamp", context.timestamp().toString(),
                "ipAddress", context.ipAddress(),
                "useragent", context.useragent(),
                "refererUri", context.refererUri(),
                "headers", List.copyOf(context.headers()),
                "userId", context.userId());
    }

    private static Map<String, @Nullable Object> ordered(@Nullable Object... keysAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return map;
    }
}
