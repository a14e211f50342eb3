package dev.internalevents.client.billing;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ValueCopy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metadata of one event: copies of what was given, bounded together. */
final class Metadata {

    /** Bytes of all keys and values as JSON: {@value}. The event with it, in base64, still fits into any request. */
    static final int MAX_BYTES = 32_768;

    /**
     * Values of all entries: {@value}. The twin copies them once more, in a map with one more entry, and keeps one for the
     * text that says that something is missing; so it never has to say it.
     */
    static final int MAX_VALUES = ValueCopy.DEFAULT_MAX_VALUES - 3;

    /** A copy counts a number as eight bytes, of which JSON may have one. */
    private static final int COPIED_PER_BYTE = 8;

    /**
     * Entries of one map and values in them that are looked at, whether they fit or not. Entries after the first that does
     * not fit may be small, or replace others; but a map can be endless.
     */
    private static final int MAX_READ = 5 * ValueCopy.DEFAULT_MAX_VALUES;

    /** The braces around all entries. */
    private static final int EMPTY_BYTES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private int valuesLeft = MAX_VALUES;
    private long bytesLeft = MAX_BYTES - EMPTY_BYTES;
    private boolean isCut;

    /** A copy, and what it takes of the limits together with its key. */
    private record Entry(Object copy, int values, long bytes) {}

    /** Sets a key, or takes it back if the value is null or does not fit beside the others. */
    void put(String key, @Nullable Object value) {
        set(key, value);
    }

    /** Puts each entry of a map. Never throws, except what is {@link ForeignCode#isFatal fatal}. */
    void putAll(Map<?, ?> map) {
        try {
            if (map.getClass().getName().startsWith("java.util.Collections$Synchronized")) {
                // Its iterators are only as safe as the lock that is held meanwhile.
                synchronized (map) {
                    readAll(map);
                }
            } else {
                readAll(map);
            }
        } catch (Throwable e) {
            // The rest is not worth an event that is money.
            ForeignCode.caught(e);
            isCut = true;
            LOG.debug("the metadata of a billing event could not be read to its end", e);
        }
    }

    private void readAll(Map<?, ?> map) {
        int left = MAX_READ;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (left <= 0) {
                isCut = true;
                return;
            }
            left--;
            if (entry.getKey() instanceof String key) {
                left -= set(key, entry.getValue());
            } else {
                isCut |= entry.getKey() != null;
            }
        }
    }

    /** Returns how many values were looked at. */
    private int set(String key, @Nullable Object value) {
        Entry before = entries.get(key);
        if (before != null) {
            valuesLeft += before.values;
            bytesLeft += before.bytes;
        }
        Entry entry = value == null ? null : copy(key, value);
        if (entry == null || entry.bytes > bytesLeft) {
            isCut |= entry != null;
            entries.remove(key);
        } else {
            entries.put(key, entry);
            valuesLeft -= entry.values;
            bytesLeft -= entry.bytes;
        }
        return entry == null ? 0 : entry.values;
    }

    /** Null for a value that says nothing, such as NaN; has more bytes than are left if it does not fit. */
    private @Nullable Entry copy(String key, Object value) {
        if (valuesLeft <= 0
                || key.length() > bytesLeft
                || (value instanceof String text && text.length() > bytesLeft)) {
            return new Entry(value, 0, Long.MAX_VALUE);
        }
        ValueCopy copies = new ValueCopy(valuesLeft + 1, COPIED_PER_BYTE * bytesLeft);
        Object copy = copies.of(value);
        if (copy == null) {
            return null;
        }
        int values = ValueCopy.values(copy);
        return new Entry(
                copy,
                values,
                copies.isCut() || values > valuesLeft
                        ? Long.MAX_VALUE
                        : JsonWriter.size(Map.of(key, copy), bytesLeft + EMPTY_BYTES) - EMPTY_BYTES);
    }

    /** A copy of the entries, which fit together; {@link #isCut()} says whether that is all that was put. */
    Map<String, Object> toMap() {
        Map<String, Object> copies = new LinkedHashMap<>();
        entries.forEach((key, entry) -> copies.put(key, entry.copy));
        return copies;
    }

    /** Whether something that was put is missing. */
    boolean isCut() {
        return isCut;
    }
}
