package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Events in words, for failures of tests. */
final class Descriptions {

    static final String FEATURE_ENABLED_BY_NAMESPACE_IDS = "featureEnabledByNamespaceIds";

    private Descriptions() {}

    /** What can be asserted of an event, by the words that assertions use. */
    static Map<String, Object> fields(EventDetails event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "user", event.context().userId());
        put(fields, "project", event.context().projectId());
        put(fields, "namespace", event.context().namespaceId());
        put(fields, FEATURE_ENABLED_BY_NAMESPACE_IDS, event.context().featureEnabledByNamespaceIds());
        put(fields, "label", event.properties().label());
        put(fields, "property", event.properties().property());
        put(fields, "value", event.properties().value());
        event.properties().extra().forEach((key, value) -> put(fields, key, value));
        put(fields, "category", event.category());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    static String of(List<EventDetails> events) {
        return events.isEmpty()
                ? "\n  nothing"
                : events.stream().map(event -> "\n  " + of(event)).collect(Collectors.joining());
    }

    static String of(EventDetails event) {
        return event.name() + " " + of(fields(event));
    }

    static String of(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + " " + value(field.getValue()))
                .collect(Collectors.joining(", "));
    }

    static String value(@Nullable Object value) {
        return value instanceof String text ? '"' + text + '"' : String.valueOf(value);
    }
}
