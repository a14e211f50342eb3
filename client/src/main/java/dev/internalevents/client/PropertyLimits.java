package dev.internalevents.client;

import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.ValueCopy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits what a builder of {@link AdditionalProperties} copies: the values and bytes of all properties together. The
 * properties are an array of alternating keys and values, which belongs to the builder; this class remembers how much
 * of it was counted, and where its keys are if there are many.
 */
final class PropertyLimits {

    /** Array length above which keys are looked up in an index. */
    static final int FEW = 2 * 64;

    /** Array length from which no key is added; the last pair is for {@link #MORE}. */
    static final int FULL = 2 * (ValueCopy.DEFAULT_MAX_VALUES - 1);

    /** The last key of a full builder, with the value {@link #TOO_MANY}. */
    static final String MORE = "(more)";

    static final String TOO_MANY = "(more keys than are sent)";

    /** Replaces a value that was not copied, and makes the event too large; compared by identity. */
    private static final String TOO_LARGE = String.valueOf("(too large)".toCharArray());

    /** Limit on the bytes of all copies together. */
    private final int maxBytes;

    /** The position of each key; null until there are many keys. */
    private @Nullable Map<String, Integer> index;

    /** The position up to which values and bytes have been counted. */
    private int counted;

    private int countedValues;
    private long countedBytes;

    PropertyLimits(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Copies a value within the limits that the other properties leave.
     *
     * @param at where the copy will be stored
     */
    @Nullable
    Object copy(Object value, Object[] extra, int length, int at) {
        for (; counted < length; counted += 2) {
            countedValues += ValueCopy.values(extra[counted + 1]);
            countedBytes += bytes(extra, counted);
        }
        int values = ValueCopy.DEFAULT_MAX_VALUES - countedValues;
        long bytes = maxBytes - countedBytes;
        if (at < length) {
            // The value at this key is about to be replaced.
            values += ValueCopy.values(extra[at + 1]);
            bytes += bytes(extra, at);
        }
        return copyOf(value, new ValueCopy(Math.max(1, values), Math.max(0, bytes)));
    }

    /** Copies a value with only the absolute maximum for an event; the client that sends it applies its own limit. */
    static @Nullable Object copyOf(Object value) {
        return copyOf(value, new ValueCopy(ValueCopy.DEFAULT_MAX_VALUES + 1, EmitterSettings.MAX_REQUEST_BYTES));
    }

    private static @Nullable Object copyOf(Object value, ValueCopy copies) {
        Object copy = copies.of(value);
        return copies.isTooLarge() ? TOO_LARGE : copy;
    }

    private static long bytes(Object[] extra, int at) {
        return ((String) extra[at]).length() + ValueCopy.bytes(extra[at + 1]);
    }

    /** Returns a number that can be sent; null for NaN, infinities and numbers beyond the range of a double. */
    static @Nullable Number finite(Number number) {
        Object copy = Json.copyOf(number);
        try {
            if (copy instanceof BigDecimal || copy instanceof BigInteger) {
                return Double.isFinite(((Number) copy).doubleValue()) ? (Number) copy : null;
            } else if (copy instanceof String text) {
                // A number with many digits, or a text explaining why the number could not be read.
                double nearest = Double.parseDouble(text);
                return Double.isFinite(nearest) ? nearest : null;
            }
        } catch (NumberFormatException e) {
            return null;
        }
        return (Number) copy;
    }

    /** Returns the position of a key, or the length if it is missing. */
    int find(String key, Object[] extra, int length) {
        Map<String, Integer> known = index;
        if (known == null) {
            known = new HashMap<>();
            for (int i = 0; i < length; i += 2) {
                known.put((String) extra[i], i);
            }
            index = known;
        }
        return known.getOrDefault(key, length);
    }

    /** Must be called when a value was stored. */
    void set(String key, int at, boolean isNew) {
        countAgainFrom(at);
        if (isNew && index != null) {
            index.put(key, at);
        }
    }

    /** Must be called when a key and its value were removed. */
    void removed(int at) {
        index = null;
        countAgainFrom(at);
    }

    private void countAgainFrom(int at) {
        if (at < counted) {
            counted = 0;
            countedValues = 0;
            countedBytes = 0;
        }
    }

    /**
     * Returns roughly how many bytes properties take when sent; {@link Integer#MAX_VALUE} if a value was too large to
     * copy.
     */
    @SuppressWarnings("ReferenceEquality") // see TOO_LARGE
    static int weight(@Nullable String label, @Nullable String property, Object[] extra, int length) {
        long sum = (label == null ? 0L : label.length()) + (property == null ? 0 : property.length());
        for (int i = 0; i < length; i += 2) {
            if (extra[i + 1] == TOO_LARGE) {
                return Integer.MAX_VALUE;
            }
            // Plus quotes and a colon: a short key with an empty value would otherwise weigh too little.
            sum += 4 + bytes(extra, i);
        }
        return (int) Math.min(Integer.MAX_VALUE, sum);
    }
}
