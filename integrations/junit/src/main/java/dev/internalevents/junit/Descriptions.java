package dev.internalevents.junit;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formats events as text for test failures. */
final class Descriptions {

    static final String FEATURE_ENABLED_BY_NAMESPACE_IDS = "featureEnabledByNamespaceIds";

    static final String DELIVERY = "delivery";

    private static final List<String> FIELDS =
            List.of("user", "project", "namespace", FEATURE_ENABLED_BY_NAMESPACE_IDS, "category", DELIVERY);
    private static final List<String> BUILT_IN = List.of("label", "property", "value");

    private Descriptions() {}

    /**
     * Returns the identifiers and the category of an event, and whether it is sent, by the names that assertions use.
     */
    static Map<String, Object> fields(EventDetails event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "user", event.context().userId());
        put(fields, "project", event.context().projectId());
        put(fields, "namespace", event.context().namespaceId());
        put(fields, FEATURE_ENABLED_BY_NAMESPACE_IDS, event.context().featureEnabledByNamespaceIds());
        put(fields, "category", event.category());
        put(fields, DELIVERY, event.delivery());
        return fields;
    }

    /**
     * Returns an additional property by its key, or null if there is none. {@code label}, {@code property} and
     * {@code value} are the event's fields of these names, not entries of {@code extra} that were put there under the
     * same key because their type did not fit.
     */
    static @Nullable Object property(AdditionalProperties properties, String key) {
        return switch (key) {
            case "label" -> properties.label();
            case "property" -> properties.property();
            case "value" -> properties.value();
            default -> properties.extra(key);
        };
    }

    /** Returns the name of a property as shown in messages, distinct from the names of identifiers. */
    static String nameOfProperty(String key) {
        return FIELDS.contains(key) ? "extra." + key : key;
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
        Map<String, Object> all = fields(event);
        Object category = all.remove("category");
        boolean isSent = Boolean.TRUE.equals(all.remove(DELIVERY));
        AdditionalProperties properties = event.properties();
        for (String key : BUILT_IN) {
            put(all, key, property(properties, key));
        }
        properties
                .extra()
                .forEach((key, value) -> all.put(BUILT_IN.contains(key) ? "extra." + key : nameOfProperty(key), value));
        put(all, "category", category);
        put(all, DELIVERY, isSent ? null : (Object) false);
        return event.name() + " " + of(all);
    }

    static String of(Map<String, ? extends @Nullable Object> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + " " + value(field.getValue()))
                .collect(Collectors.joining(", "));
    }

    static String value(@Nullable Object value) {
        if (value == null) {
            return "missing";
        }
        return value instanceof String text ? '"' + text + '"' : value.toString();
    }
}
