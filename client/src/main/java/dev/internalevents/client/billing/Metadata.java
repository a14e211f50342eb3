package dev.internalevents.client.billing;

import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ValueCopy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metadata of one event: copies of what was given, bounded together. */
final class Metadata {

    /** Bytes of all keys and values as JSON: {@value}. The event with it, in base64, still fits into any request. */
    static final int MAX_BYTES = 32_768;

    private static final int MAX_VALUES = 10_000;

    /** A copy counts a number as eight bytes, of which JSON may have one. */
    private static final int COPIED_BYTES = 8 * MAX_BYTES;

    private final Map<String, Object> entries = new LinkedHashMap<>();
    private boolean isCut;

    /** Sets a key, or takes it back if the value is null or too large. */
    void put(String key, @Nullable Object value) {
        ValueCopy copies = new ValueCopy(MAX_VALUES, COPIED_BYTES);
        Object copy = copies.of(value);
        if (copy == null || copies.isTooLarge() || bytes(Map.of(key, copy)) > MAX_BYTES) {
            isCut |= copy != null;
            entries.remove(key);
        } else {
            entries.put(key, copy);
        }
    }

    /** Part of what was given is missing. */
    void unreadable() {
        isCut = true;
    }

    /** The first entries that fit together; {@link #isCut()} says whether that is all. */
    Map<String, Object> fitting() {
        if (bytes(entries) <= MAX_BYTES) {
            return new LinkedHashMap<>(entries);
        }
        isCut = true;
        Map<String, Object> fitting = new LinkedHashMap<>();
        long left = MAX_BYTES;
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            long bytes = bytes(Map.of(entry.getKey(), entry.getValue()));
            if (bytes <= left) {
                fitting.put(entry.getKey(), entry.getValue());
                left -= bytes;
            }
        }
        return fitting;
    }

    boolean isCut() {
        return isCut;
    }

    private static long bytes(Map<String, Object> json) {
        return JsonWriter.size(json, MAX_BYTES);
    }
}
