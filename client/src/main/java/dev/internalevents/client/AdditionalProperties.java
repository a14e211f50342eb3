package dev.internalevents.client;

import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ValueCopy;
import java.lang.constant.Constable;
import java.lang.constant.ConstantDesc;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an event says beyond its name and context: a label, a property and a value, which have fields of their own, and
 * any other key, which is sent in the context's {@code extra}. Immutable: what an application passes is copied at once.
 *
 * <pre>{@code
 * AdditionalProperties.builder().label("complete_code").value(1).put("model_engine", "anthropic").build()
 * }</pre>
 *
 * <p>It is {@link Constable} only because {@code String} is: so {@code trackEvent("x", null)} has one meaning beside {@link
 * InternalEventsClient#trackEvent(String, Constable)}.
 */
public final class AdditionalProperties implements Constable {

    private static final Object[] NO_EXTRA = {};

    /** Stands for a value that was not copied, and makes the event too large; known by its identity. */
    private static final String TOO_LARGE = String.valueOf("(too large)".toCharArray());

    /** The last key of a builder that is full. */
    private static final String MORE = "(more)";

    private static final String TOO_MANY = "(more keys than are sent)";

    /** No additional property at all. */
    public static final AdditionalProperties NONE = builder().build();

    private final @Nullable String label;
    private final @Nullable String property;
    private final @Nullable Number value;
    private final Object[] extra;
    private final int extraLength;
    private final int weight;

    private AdditionalProperties(Builder builder) {
        this(builder.label, builder.property, builder.value, builder.extra, builder.extraLength);
    }

    private AdditionalProperties(
            @Nullable String label,
            @Nullable String property,
            @Nullable Number value,
            Object[] extra,
            int extraLength) {
        this.label = label;
        this.property = property;
        this.value = value;
        this.extra = extra;
        this.extraLength = extraLength;
        this.weight = weigh();
    }

    /**
     * A builder that copies at most {@value ValueCopy#DEFAULT_MAX_VALUES} values and about {@value
     * ValueCopy#DEFAULT_MAX_BYTES} bytes; see {@link Builder#put}.
     */
    public static Builder builder() {
        return new Builder(ValueCopy.DEFAULT_MAX_BYTES);
    }

    static Builder builder(int maxBytes) {
        return new Builder(maxBytes);
    }

    /** One property by its key, as {@link Builder#put} takes it; none if either is null. */
    public static AdditionalProperties of(@Nullable String key, @Nullable Object value) {
        return builder().put(key, value).build();
    }

    public @Nullable String label() {
        return label;
    }

    public @Nullable String property() {
        return property;
    }

    /** A finite number, or null. */
    public @Nullable Number value() {
        return value;
    }

    /** The other keys, in the order in which they were put; values as {@link Json#copyOf} gives them. */
    public Map<String, Object> extra() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < extraLength; i += 2) {
            map.put((String) extra[i], extra[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }

    /** One of the other keys' values, as {@link #extra()} has it, without making that map; null when it is not there. */
    public @Nullable Object extra(String key) {
        for (int i = 0; i < extraLength; i += 2) {
            if (extra[i].equals(key)) {
                return extra[i + 1];
            }
        }
        return null;
    }

    /**
     * The same with another label, property and value; null for none. The other keys stay as they are: they are not put
     * again, which has limits and sets what fits elsewhere.
     */
    public AdditionalProperties with(
            @Nullable String newLabel, @Nullable String newProperty, @Nullable Number newValue) {
        Number number = newValue == null || newValue.equals(value) ? newValue : Builder.numberOrNull(newValue);
        return new AdditionalProperties(newLabel, newProperty, number, extra, extraLength);
    }

    /**
     * The same with other values of the keys of {@link #extra()}; label, property and value stay as they are, whatever the
     * keys are called. A value that is new is copied as {@link Builder#put} copies it.
     *
     * @param change returns a key's value as it is to be, null to leave the key out; what it throws is passed on
     */
    @SuppressWarnings("ReferenceEquality") // A value that stays is the same object, and not copied again.
    public AdditionalProperties mapExtra(BiFunction<String, Object, ? extends @Nullable Object> change) {
        Object[] mapped = new Object[extraLength];
        int length = 0;
        boolean isSame = true;
        for (int i = 0; i < extraLength; i += 2) {
            Object before = extra[i + 1];
            Object after = change.apply((String) extra[i], before);
            if (after != before) {
                isSame = false;
                after = copyOf(after);
            }
            if (after != null) {
                mapped[length++] = extra[i];
                mapped[length++] = after;
            }
        }
        return isSame ? this : new AdditionalProperties(label, property, value, mapped, length);
    }

    /** Bounded only by what no event may have: the client that sends it has the limit that counts. */
    private static @Nullable Object copyOf(@Nullable Object value) {
        ValueCopy copies = new ValueCopy(ValueCopy.DEFAULT_MAX_VALUES + 1, EmitterSettings.MAX_REQUEST_BYTES);
        Object copy = copies.of(value);
        return copies.isTooLarge() ? TOO_LARGE : copy;
    }

    /** Empty: these are not a constant of a class file. */
    @Override
    public Optional<? extends ConstantDesc> describeConstable() {
        return Optional.empty();
    }

    boolean hasExtra() {
        return extraLength > 0;
    }

    private boolean has(String key) {
        for (int i = 0; i < extraLength; i += 2) {
            if (extra[i].equals(key)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes the other keys.
     *
     * @param under what the request says; a key that is here too counts as it is here
     */
    void writeExtraTo(JsonWriter out, Map<String, Object> under) {
        out.beginObject();
        if (!under.isEmpty()) {
            under.forEach((key, value) -> {
                if (!has(key)) {
                    out.name(key).value(value);
                }
            });
        }
        for (int i = 0; i < extraLength; i += 2) {
            out.name((String) extra[i]).value(extra[i + 1]);
        }
        out.endObject();
    }

    /** About how many bytes these are when they are sent; {@link Integer#MAX_VALUE} when a value was too large to be copied. */
    int weight() {
        return weight;
    }

    /** How many bytes {@link #writeExtraTo} writes of these; counting may end beyond as many as are enough. */
    long extraSize(long enough) {
        long sum = 2;
        for (int i = 0; i < extraLength && sum <= enough; i += 2) {
            sum += 2 + JsonWriter.size(extra[i], enough - sum) + JsonWriter.size(extra[i + 1], enough - sum);
        }
        return sum;
    }

    @SuppressWarnings("ReferenceEquality") // see TOO_LARGE
    private int weigh() {
        long sum = (long) length(label) + length(property);
        for (int i = 0; i < extraLength; i += 2) {
            if (extra[i + 1] == TOO_LARGE) {
                return Integer.MAX_VALUE;
            }
            sum += ((String) extra[i]).length() + ValueCopy.bytes(extra[i + 1]);
        }
        return (int) Math.min(Integer.MAX_VALUE, sum);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Collects the properties; the last value of a key counts. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String label;
        private @Nullable String property;
        private @Nullable Number value;

        /** More than this, and each key is found by an index. */
        private static final int FEW = 2 * 64;

        /** The last pair is for {@link #MORE}. */
        private static final int FULL = 2 * (ValueCopy.DEFAULT_MAX_VALUES - 1);

        /** Keys and values in turn; two for most events, so no map. Belongs to what was built once it is. */
        private Object[] extra = NO_EXTRA;

        private int extraLength;
        private boolean built;

        /** Null for most events, which have few keys and nothing to be copied within limits. */
        private @Nullable Bounds bounds;

        /** What only many or large properties need. */
        private static final class Bounds {

            /** Bytes of all copies together. */
            private final int maxBytes;

            /** Where in {@link #extra} each key is; only of many, and null until it is needed. */
            private @Nullable Map<String, Integer> index;

            /** Up to where in {@link #extra} values and bytes are counted. */
            private int counted;

            private int countedValues;
            private long countedBytes;

            private Bounds(int maxBytes) {
                this.maxBytes = maxBytes;
            }
        }

        private Builder(int maxBytes) {
            if (maxBytes != ValueCopy.DEFAULT_MAX_BYTES) {
                bounds = new Bounds(maxBytes);
            }
        }

        private Bounds bounds() {
            Bounds known = bounds;
            if (known == null) {
                known = new Bounds(ValueCopy.DEFAULT_MAX_BYTES);
                bounds = known;
            }
            return known;
        }

        /** What the event is about; null for none. When it is tracked, cut to 4,096 characters. */
        public Builder label(@Nullable String label) {
            this.label = label;
            return this;
        }

        /** A second text; null for none. When it is tracked, cut to 1,000 characters: 997 and {@code ...}. */
        public Builder property(@Nullable String property) {
            this.property = property;
            return this;
        }

        /**
         * A number of any type; null for none. NaN, infinities and what is beyond the range of a double, which nothing could
         * count, are left out.
         */
        public Builder value(@Nullable Number value) {
            this.value = value == null ? null : numberOrNull(value);
            return this;
        }

        /**
         * Sets any property by its key. {@code label}, {@code property} and {@code value} have methods of their own and are
         * taken here too when the type fits. Never throws, and never blocks unless the value's own code does.
         *
         * <p>The value is copied at once, as {@link Json#copyOf} says: any {@link Number} is a number; maps, collections and
         * arrays are objects and lists of what is in them; an {@link java.util.Optional} is what is in it; dates are
         * ISO-8601; anything else is its {@code toString()}. A builder copies 10,000 values at most; what is beyond is
         * replaced by a short text. It takes 10,000 keys at most; the last is {@code (more)} then, and what is beyond is left
         * out. If a value has too many bytes, the event is dropped as too large when it is tracked.
         *
         * @param key null sets nothing
         * @param value null takes back what was set for the key
         */
        public Builder put(@Nullable String key, @Nullable Object value) {
            if (key == null || isOwn(key, value)) {
                return this;
            }
            int at = find(key);
            if (at >= FULL && at == extraLength) {
                boolean said = at > FULL || find(MORE) < at;
                return value == null || said ? this : set(at, MORE, TOO_MANY);
            }
            Object copy = value == null || value instanceof String || value instanceof Long ? value : copy(value, at);
            return copy == null ? remove(key) : set(at, key, copy);
        }

        private Builder set(int at, String key, Object copy) {
            own(at + 2);
            extra[at] = key;
            extra[at + 1] = copy;
            boolean isNew = at == extraLength;
            extraLength = Math.max(extraLength, at + 2);
            if (bounds != null) {
                noteSet(bounds, at, key, isNew);
            }
            return this;
        }

        /** Sets what has a method of its own, if the type fits. */
        private boolean isOwn(String key, @Nullable Object value) {
            boolean isSet = false;
            if (key.equals("label") && (value == null || value instanceof String)) {
                label = (String) value;
                isSet = true;
            } else if (key.equals("property") && (value == null || value instanceof String)) {
                property = (String) value;
                isSet = true;
            } else if (key.equals("value") && (value == null || value instanceof Number)) {
                value((Number) value);
                isSet = true;
            }
            if (isSet && value == null) {
                remove(key);
            }
            return isSet;
        }

        /** A copy within the limits that the other properties leave. */
        private @Nullable Object copy(Object value, int at) {
            if (value instanceof Integer number) {
                return number.longValue();
            } else if (value instanceof Boolean) {
                return value;
            } else if (value instanceof Double number) {
                return Double.isFinite(number) ? number : null;
            }
            Bounds known = bounds();
            for (; known.counted < extraLength; known.counted += 2) {
                known.countedValues += ValueCopy.values(extra[known.counted + 1]);
                known.countedBytes +=
                        ((String) extra[known.counted]).length() + ValueCopy.bytes(extra[known.counted + 1]);
            }
            int values = ValueCopy.DEFAULT_MAX_VALUES - known.countedValues;
            long bytes = known.maxBytes - known.countedBytes;
            if (at < extraLength) {
                // It is going to be replaced.
                values += ValueCopy.values(extra[at + 1]);
                bytes += ((String) extra[at]).length() + ValueCopy.bytes(extra[at + 1]);
            }
            ValueCopy copies = new ValueCopy(Math.max(1, values), Math.max(0, bytes));
            Object copy = copies.of(value);
            return copies.isTooLarge() ? TOO_LARGE : copy;
        }

        private static void noteSet(Bounds bounds, int at, String key, boolean isNew) {
            countAgainFrom(bounds, at);
            if (isNew && bounds.index != null) {
                bounds.index.put(key, at);
            }
        }

        private static void countAgainFrom(Bounds bounds, int at) {
            if (at < bounds.counted) {
                bounds.counted = 0;
                bounds.countedValues = 0;
                bounds.countedBytes = 0;
            }
        }

        private Builder remove(String key) {
            int at = find(key);
            if (at < extraLength) {
                own(extraLength);
                System.arraycopy(extra, at + 2, extra, at, extraLength - at - 2);
                extraLength -= 2;
                if (bounds != null) {
                    bounds.index = null;
                    countAgainFrom(bounds, at);
                }
            }
            return this;
        }

        /** Where a key is, or the next one goes. */
        private int find(String key) {
            if (extraLength > FEW) {
                return findByIndex(key);
            }
            int at = 0;
            while (at < extraLength && !extra[at].equals(key)) {
                at += 2;
            }
            return at;
        }

        private int findByIndex(String key) {
            Bounds of = bounds();
            Map<String, Integer> known = of.index;
            if (known == null) {
                known = new HashMap<>();
                for (int i = 0; i < extraLength; i += 2) {
                    known.put((String) extra[i], i);
                }
                of.index = known;
            }
            return known.getOrDefault(key, extraLength);
        }

        private void own(int needed) {
            if (built || needed > extra.length) {
                extra = Arrays.copyOf(extra, Math.max(4, needed > extra.length ? 2 * extra.length : extra.length));
                built = false;
            }
        }

        /** What was set so far. The builder may be used further; what was built does not change. */
        public AdditionalProperties build() {
            built = true;
            return new AdditionalProperties(this);
        }

        private static @Nullable Number numberOrNull(Number number) {
            Object copy = Json.copyOf(number);
            try {
                if (copy instanceof BigDecimal || copy instanceof BigInteger) {
                    return Double.isFinite(((Number) copy).doubleValue()) ? (Number) copy : null;
                } else if (copy instanceof String text) {
                    // A number of many digits, or a text that says why there is none.
                    double nearest = Double.parseDouble(text);
                    return Double.isFinite(nearest) ? nearest : null;
                }
            } catch (NumberFormatException e) {
                return null;
            }
            return (Number) copy;
        }
    }
}
