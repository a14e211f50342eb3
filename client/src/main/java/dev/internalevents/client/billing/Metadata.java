package dev.internalevents.client.billing;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ValueCopy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metadata of one event: copies of the given values, limited in total. */
final class Metadata {

    /**
     * Maximum bytes of all keys and values as JSON: {@value}. An event with that much, in base64, still fits into any
     * request.
     */
    static final int MAX_BYTES = 32_768;

    /**
     * Maximum values of all entries: {@value}. The twin copies them once more, in a map with one more entry, and
     * reserves one value for the text that reports missing values; so this text is never needed.
     */
    static final int MAX_VALUES = ValueCopy.DEFAULT_MAX_VALUES - 3;

    /** A copy counts a number as eight bytes, although JSON may need only one. */
    private static final int COPIED_PER_BYTE = 8;

    /**
     * Maximum entries of one map, and values in them, that are read, whether they fit or not. Entries after the first
     * one that does not fit may be small, or replace others; but a map can be endless.
     */
    private static final int MAX_READ = 5 * ValueCopy.DEFAULT_MAX_VALUES;

    /** The braces around all entries, without the comma that each entry counts and the first one does not have. */
    private static final int EMPTY_BYTES = 1;

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private int valuesLeft = MAX_VALUES;
    private long bytesLeft = MAX_BYTES - EMPTY_BYTES;
    private boolean isCut;

    /** A copy, and how much of the limits it uses together with its key. */
    private record Entry(Object copy, int values, long bytes) {}

    /** Sets a key, or removes it if the value is null or does not fit beside the others. */
    void put(String key, @Nullable Object value) {
        set(key, value);
    }

    /** Puts each entry of a map. Never throws, except errors that are {@link ForeignCode#isFatal fatal}. */
    void putAll(Map<?, ?> map) {
        try {
            if (map.getClass().getName().startsWith("java.util.Collections$Synchronized")) {
                // Iterating it is safe only while its lock is held.
                synchronized (map) {
                    readAll(map);
                }
            } else {
                readAll(map);
            }
        } catch (Throwable e) {
            // Unreadable metadata must not lose an event that is money.
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

    /** Returns how many values were read. */
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

    /**
     * Returns null for a value without content, such as NaN; for a value that does not fit, returns an entry with more
     * bytes than are left.
     */
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

    /** Returns a copy of the entries, which fit the limits; {@link #isCut()} says whether any were left out. */
    Map<String, Object> toMap() {
        Map<String, Object> copies = new LinkedHashMap<>();
        entries.forEach((key, entry) -> copies.put(key, entry.copy));
        return copies;
    }

    /** Returns whether an entry was left out. */
    boolean isCut() {
        return isCut;
    }
}
