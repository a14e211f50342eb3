package dev.internalevents.client;

import dev.internalevents.protocol.FieldLimits;
import java.lang.constant.Constable;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the collector's limits on the texts of a client's events: a category, label or property that is too long is
 * cut, and an event whose name cannot be sent is rejected. Safe for use by several threads.
 */
final class EventLimits {

    private static final int SHOWN = 100;

    private final CutValues cut = new CutValues();

    /** Returns the name for counters and log lines, whose size must not depend on the length of the name. */
    static String shown(@Nullable String name) {
        return name == null || FieldLimits.fits(name, FieldLimits.ACTION)
                ? String.valueOf(name)
                : FieldLimits.cut(name, SHOWN);
    }

    /**
     * @throws IllegalArgumentException if the name is blank or too long; it is not cut, because a cut name would be
     *     another event
     */
    static void requireName(String name) {
        // Accepts nearly every name by its first character and its length.
        int length = name.length();
        char first = length == 0 ? ' ' : name.charAt(0);
        if (first > ' ' && first < 0x80 && length <= FieldLimits.ACTION) {
            return;
        }
        if (name.isBlank()) {
            throw new IllegalArgumentException("the event's name is " + (name.isEmpty() ? "empty" : "blank"));
        }
        if (!FieldLimits.fits(name, FieldLimits.ACTION)) {
            throw new IllegalArgumentException("the event's name has more than " + FieldLimits.ACTION + " characters");
        }
    }

    /** Returns a category given as a text, a class or an enum constant; null for none and for any other constant. */
    @Nullable
    String categoryOf(@Nullable Constable category) {
        if (category == null || category instanceof String) {
            return (String) category;
        } else if (category instanceof Class<?> type) {
            return type.getName();
        } else if (category instanceof Enum<?> constant) {
            return constant.name();
        }
        cut.note("category", "an event", "not a text, a class or an enum constant, so it is left out");
        return null;
    }

    String category(String event, String category) {
        return category.length() <= FieldLimits.CATEGORY
                ? category
                : cut.text("category", named(event), category, FieldLimits.CATEGORY);
    }

    /** Returns the properties, cut where needed; the same object if they fit, which takes two comparisons. */
    AdditionalProperties properties(String event, AdditionalProperties properties) {
        String label = properties.label();
        String property = properties.property();
        return (label == null || label.length() <= FieldLimits.LABEL)
                        && (property == null || property.length() <= FieldLimits.PROPERTY)
                ? properties
                : cut(named(event), properties, label, property);
    }

    private AdditionalProperties cut(
            String event, AdditionalProperties properties, @Nullable String label, @Nullable String property) {
        return properties.with(
                label == null ? null : cut.text("label", event, label, FieldLimits.LABEL),
                property == null ? null : cut.text("property", event, property, FieldLimits.PROPERTY),
                properties.value());
    }

    private static String named(String event) {
        // A name is untrusted input and must not start a new log line.
        return "the event \"" + event.replaceAll("\\p{C}|[\\u2028\\u2029]", "?") + "\"";
    }

    /** Returns a client setting that is sent with every event, cut if it is too long. */
    String setting(String field, String text, int max) {
        return cut.text(field, "the client", text, max);
    }

    /** Returns how often each field was cut or left out, including fields of contexts. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>(ContextLimits.counts());
        cut.counts().forEach((field, count) -> counts.merge(field, count, Long::sum));
        return counts;
    }
}
