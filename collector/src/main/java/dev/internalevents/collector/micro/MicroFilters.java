package dev.internalevents.collector.micro;

import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The filters that Micro's API takes as a POST's body; every key is optional. */
final class MicroFilters {

    /** What to look for, and how many at most. */
    record Filter(Predicate<StoredEvent> matching, int limit) {}

    private MicroFilters() {}

    static Filter allGood() {
        return new Filter(event -> event.event() instanceof GoodEvent, Integer.MAX_VALUE);
    }

    static Filter allBad() {
        return new Filter(event -> event.event() instanceof FailedEvent, Integer.MAX_VALUE);
    }

    /**
     * Reads {@code {"event_type":"page_view","schema":"iglu:…","contexts":["iglu:…"],"limit":10}}.
     *
     * @throws MalformedPayloadException naming the key that is wrong
     */
    static Filter good(byte[] body) {
        Map<?, ?> json = object(body, Set.of("event_type", "schema", "contexts", "limit"));
        String type = text(json, "event_type");
        String schema = text(json, "schema");
        List<?> contexts = json.get("contexts") instanceof List<?> list ? list : List.of();
        if (json.get("contexts") != null && !(json.get("contexts") instanceof List<?>)) {
            throw new MalformedPayloadException("\"contexts\" must be an array of schema URIs");
        }
        return new Filter(
                stored -> stored.event() instanceof GoodEvent event
                        && (type == null || type.equals(event.eventType()))
                        && (schema == null || schema.equals(event.schema().toString()))
                        && event.contexts().list().stream()
                                .map(context -> context.schema().toString())
                                .collect(Collectors.toSet())
                                .containsAll(contexts),
                limit(json));
    }

    /**
     * Reads {@code {"vendor":"com.snowplowanalytics.snowplow","version":"tp2","limit":10}}.
     *
     * @throws MalformedPayloadException naming the key that is wrong
     */
    static Filter bad(byte[] body) {
        Map<?, ?> json = object(body, Set.of("vendor", "version", "limit"));
        String vendor = text(json, "vendor");
        String version = text(json, "version");
        return new Filter(
                stored -> stored.event() instanceof FailedEvent event
                        && (vendor == null
                                || vendor.equals(event.payload().api().vendor()))
                        && (version == null
                                || version.equals(event.payload().api().version())),
                limit(json));
    }

    private static Map<?, ?> object(byte[] body, Set<String> known) {
        Object json = body.length == 0 ? Map.of() : Json.parse(body);
        if (!(json instanceof Map<?, ?> object)) {
            throw new MalformedPayloadException("the filter must be a JSON object such as {\"limit\":10}");
        }
        for (Object key : object.keySet()) {
            if (!known.contains(key)) {
                throw new MalformedPayloadException("\"" + key + "\" is not a key of this filter; it takes "
                        + known.stream().sorted().toList());
            }
        }
        return object;
    }

    private static @Nullable String text(Map<?, ?> json, String key) {
        Object value = json.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            throw new MalformedPayloadException("\"" + key + "\" must be a string");
        }
        return text;
    }

    private static int limit(Map<?, ?> json) {
        Object value = json.get("limit");
        if (value == null) {
            return Integer.MAX_VALUE;
        }
        if (value instanceof Long limit && limit >= 0) {
            return (int) Math.min(limit, Integer.MAX_VALUE);
        }
        throw new MalformedPayloadException("\"limit\" must be a whole number of 0 or more");
    }
}
