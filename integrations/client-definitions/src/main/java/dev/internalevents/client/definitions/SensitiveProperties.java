package dev.internalevents.client.definitions;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reports properties whose values look sensitive, and can mask them. */
final class SensitiveProperties {

    private final Reports reports;
    private final boolean masking;

    SensitiveProperties(Reports reports, boolean masking) {
        this.reports = reports;
        this.masking = masking;
    }

    /**
     * Returns the properties, masked if masking is on; the same object if nothing changes.
     *
     * @param properties those that are sent; the ones that the event was tracked with may be more
     */
    @SuppressWarnings("ReferenceEquality") // An unchanged value is the same object.
    AdditionalProperties checked(EventDetails event, AdditionalProperties properties) {
        String label = text(event, "label", properties.label());
        String property = text(event, "property", properties.property());
        boolean changed = label != properties.label() || property != properties.property();
        AdditionalProperties result = properties.mapExtra((key, value) -> value(event, key, value));
        return changed ? result.with(label, property, properties.value()) : result;
    }

    /**
     * Returns the same value, or a copy in which sensitive texts are masked. The client's copy of a value is at most 32
     * levels deep.
     */
    private Object value(EventDetails event, String key, Object value) {
        if (value instanceof String text) {
            return checked(event, key, text);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list);
            copy.replaceAll(element -> element == null ? null : value(event, key, element));
            return isSame(list, copy) ? value : copy;
        }
        if (value instanceof Map<?, ?> map) {
            List<@Nullable Object> before = new ArrayList<>();
            List<@Nullable Object> after = new ArrayList<>();
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, element) -> {
                Object newName = value(event, key, name);
                Object newElement = element == null ? null : value(event, key, element);
                Collections.addAll(before, name, element);
                Collections.addAll(after, newName, newElement);
                copy.put(newName, newElement);
            });
            return isSame(before, after) ? value : copy;
        }
        return value;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(List<?> list, List<?> other) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) != other.get(i)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String text(EventDetails event, String key, @Nullable String text) {
        return text == null ? null : checked(event, key, text);
    }

    /** Returns the same text, or its mask. */
    private String checked(EventDetails event, String key, String text) {
        Optional<SensitiveText> kind = SensitiveText.in(text);
        if (kind.isEmpty()) {
            return text;
        }
        reports.invalid(
                "the property \"" + key + "\" of the event \"" + event.name() + "\" looks like "
                        + kind.get().words() + "; events must not carry it",
                masking ? "it is masked" : Reports.SENT_ANYWAY);
        return masking ? kind.get().mask() : text;
    }
}
