package dev.internalevents.client;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ValueCopy;
import java.lang.constant.Constable;
import java.lang.constant.ConstantDesc;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The properties of an event beyond its name and context: a label, a property and a value, which have fields of their
 * own, and any other key, which is sent in the context's {@code extra}. Immutable: values that an application passes
 * are copied at once.
 *
 * <pre>{@code
 * AdditionalProperties.builder().label("complete_code").value(1).put("model_engine", "anthropic").build()
 * }</pre>
 *
 * <p>It implements {@link Constable} only because {@code String} does, so that {@code trackEvent("x", null)} is not
 * ambiguous beside {@link InternalEventsClient#trackEvent(String, Constable)}.
 */
public final class AdditionalProperties implements Constable {

    private static final Object[] NO_EXTRA = {};

    /** No additional properties. */
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
        this.weight = PropertyLimits.weight(label, property, extra, extraLength);
    }

    /**
     * Returns a builder that copies at most {@value ValueCopy#DEFAULT_MAX_VALUES} values and about
     * {@value ValueCopy#DEFAULT_MAX_BYTES} bytes; see {@link Builder#put}.
     */
    public static Builder builder() {
        return new Builder(ValueCopy.DEFAULT_MAX_BYTES);
    }

    static Builder builder(int maxBytes) {
        return new Builder(maxBytes);
    }

    /**
     * Returns a single property, converted as by {@link Builder#put}; no properties if the key or the value is null.
     */
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

    /** Returns the other keys, in the order in which they were put; values are as {@link Json#copyOf} returns them. */
    public Map<String, Object> extra() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < extraLength; i += 2) {
            map.put((String) extra[i], extra[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }

    /**
     * Returns the value of one of the other keys, as in {@link #extra()} but without building that map; null if the key
     * is missing.
     */
    public @Nullable Object extra(String key) {
        for (int i = 0; i < extraLength; i += 2) {
            if (extra[i].equals(key)) {
                return extra[i + 1];
            }
        }
        return null;
    }

    /**
     * Returns a copy with another label, property and value; null for none. The other keys are carried over as they
     * are, without going through {@link Builder#put}, which has limits and maps some keys to fields.
     */
    public AdditionalProperties with(
            @Nullable String newLabel, @Nullable String newProperty, @Nullable Number newValue) {
        Number number = newValue == null || newValue.equals(value) ? newValue : PropertyLimits.finite(newValue);
        return new AdditionalProperties(newLabel, newProperty, number, extra, extraLength);
    }

    /**
     * Returns a copy with other values for the keys of {@link #extra()}; label, property and value are unchanged, even
     * if a key has one of these names. A new value is copied as by {@link Builder#put}.
     *
     * @param change returns the new value of a key, or null to leave the key out; exceptions that it throws are passed
     *     on
     */
    @SuppressWarnings("ReferenceEquality") // An unchanged value is the same object, and is not copied again.
    public AdditionalProperties mapExtra(BiFunction<String, Object, ? extends @Nullable Object> change) {
        Object[] mapped = new Object[extraLength];
        int length = 0;
        boolean isSame = true;
        for (int i = 0; i < extraLength; i += 2) {
            Object before = extra[i + 1];
            Object after = change.apply((String) extra[i], before);
            if (after != before) {
                isSame = false;
                after = after == null ? null : PropertyLimits.copyOf(after);
            }
            if (after != null) {
                mapped[length++] = extra[i];
                mapped[length++] = after;
            }
        }
        return isSame ? this : new AdditionalProperties(label, property, value, mapped, length);
    }

    /** Returns empty: properties cannot be a constant in a class file. */
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
     * @param under the request's extra; for a key in both, the value here wins
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

    /**
     * Returns roughly how many bytes the properties take when sent; {@link Integer#MAX_VALUE} if a value was too large
     * to copy.
     */
    int weight() {
        return weight;
    }

    /** Returns whether a value was too large to copy, so that the properties are not complete. */
    boolean isTooLarge() {
        return weight == Integer.MAX_VALUE;
    }

    /**
     * Returns how many bytes {@link #writeExtraTo} writes.
     *
     * @param under the request's extra
     * @param underSize its size as JSON
     * @param enough counting may stop once the result exceeds this number; a higher result is not exact
     */
    long extraSize(Map<String, Object> under, long underSize, long enough) {
        // Each key counts its comma, which the last one does not have.
        long sum = extraLength == 0 ? 2 : 1;
        for (int i = 0; i < extraLength && sum <= enough; i += 2) {
            sum += size((String) extra[i], extra[i + 1], enough - sum);
        }
        if (under.isEmpty() || sum > enough) {
            return sum;
        } else if (extraLength == 0) {
            return underSize;
        }
        sum += underSize - 1;
        for (int i = 0; i < extraLength; i += 2) {
            String key = (String) extra[i];
            if (under.containsKey(key)) {
                sum -= size(key, under.get(key), underSize);
            }
        }
        return sum;
    }

    /** Returns how many bytes a member takes, with its comma. */
    private static long size(String key, @Nullable Object value, long enough) {
        return 2 + JsonWriter.size(key, enough) + JsonWriter.size(value, enough);
    }

    /** Collects the properties; the last value set for a key wins. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String label;
        private @Nullable String property;
        private @Nullable Number value;

        /**
         * Alternating keys and values. An array, because most events have one pair. Shared with the built properties
         * after {@link #build}.
         */
        private Object[] extra = NO_EXTRA;

        private int extraLength;
        private boolean built;

        /** Null for most events, which have few keys and no values that need limits when copied. */
        private @Nullable PropertyLimits limits;

        private Builder(int maxBytes) {
            if (maxBytes != ValueCopy.DEFAULT_MAX_BYTES) {
                limits = new PropertyLimits(maxBytes);
            }
        }

        /** Sets what the event is about; null for none. Cut to 4,096 characters when the event is tracked. */
        public Builder label(@Nullable String label) {
            this.label = label;
            return this;
        }

        /**
         * Sets a second text; null for none. Cut to 1,000 characters (997 and {@code ...}) when the event is tracked.
         */
        public Builder property(@Nullable String property) {
            this.property = property;
            return this;
        }

        /**
         * Sets a number of any type; null for none. NaN, infinities and numbers beyond the range of a double are left
         * out, because no metric could add them up.
         */
        public Builder value(@Nullable Number value) {
            this.value = value == null ? null : PropertyLimits.finite(value);
            return this;
        }

        /**
         * Sets any property by its key. The keys {@code label}, {@code property} and {@code value} set the field of
         * that name if the type fits. Never throws, and never blocks unless the value's own code does.
         *
         * <p>The value is copied at once, as {@link Json#copyOf} describes: any {@link Number} is a number; maps become
         * objects, collections and arrays become lists; an {@link java.util.Optional} is replaced by its content; dates
         * are ISO-8601; anything else is its {@code toString()}. A builder copies at most 10,000 values; further values
         * are replaced by a short text. It accepts at most 10,000 keys; the last is then {@code (more)}, and further
         * keys are left out. If the values have too many bytes, the event is dropped as too large when it is tracked.
         *
         * @param key if null, nothing is set
         * @param value null removes the key
         */
        public Builder put(@Nullable String key, @Nullable Object value) {
            if (key == null || isOwn(key, value)) {
                return this;
            }
            int at = find(key);
            if (at >= PropertyLimits.FULL && at == extraLength) {
                boolean noted = at > PropertyLimits.FULL || find(PropertyLimits.MORE) < at;
                return value == null || noted ? this : set(at, PropertyLimits.MORE, PropertyLimits.TOO_MANY);
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
            if (limits != null) {
                limits.set(key, at, isNew);
            }
            return this;
        }

        /** Sets the field of this name, if there is one and the type fits. */
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

        /** Copies a value within the limits that the other properties leave. */
        private @Nullable Object copy(Object value, int at) {
            if (value instanceof Integer number) {
                return number.longValue();
            } else if (value instanceof Boolean) {
                return value;
            } else if (value instanceof Double number) {
                return Double.isFinite(number) ? number : null;
            }
            return limits().copy(value, extra, extraLength, at);
        }

        private PropertyLimits limits() {
            PropertyLimits known = limits;
            if (known == null) {
                known = new PropertyLimits(ValueCopy.DEFAULT_MAX_BYTES);
                limits = known;
            }
            return known;
        }

        private Builder remove(String key) {
            int at = find(key);
            if (at < extraLength) {
                own(extraLength);
                System.arraycopy(extra, at + 2, extra, at, extraLength - at - 2);
                extraLength -= 2;
                if (limits != null) {
                    limits.removed(at);
                }
            }
            return this;
        }

        /** Returns the position of a key, or where the next one goes. */
        private int find(String key) {
            if (extraLength > PropertyLimits.FEW) {
                return limits().find(key, extra, extraLength);
            }
            int at = 0;
            while (at < extraLength && !extra[at].equals(key)) {
                at += 2;
            }
            return at;
        }

        private void own(int needed) {
            if (built || needed > extra.length) {
                extra = Arrays.copyOf(extra, Math.max(4, needed > extra.length ? 2 * extra.length : extra.length));
                built = false;
            }
        }

        /** Returns the properties set so far. The builder can be used further; what was built does not change. */
        public AdditionalProperties build() {
            built = true;
            return new AdditionalProperties(this);
        }
    }
}
