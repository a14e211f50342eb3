package dev.internalevents.client;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event says beyond its name and context: a label, a property and a value, which have fields of their own, and
 * any other key, which is sent in the context's {@code extra}. Immutable: what an application passes is copied at once.
 *
 * <pre>{@code
 * AdditionalProperties.builder().label("complete_code").value(1).put("model_engine", "anthropic").build()
 * }</pre>
 */
public final class AdditionalProperties {

    private static final Object[] NO_EXTRA = {};

    /** No additional property at all. */
    public static final AdditionalProperties NONE = builder().build();

    private final @Nullable String label;
    private final @Nullable String property;
    private final @Nullable Number value;
    private final Object[] extra;
    private final int extraLength;
    private final int weight;

    private AdditionalProperties(Builder builder) {
        this.label = builder.label;
        this.property = builder.property;
        this.value = builder.value;
        this.extra = builder.extra;
        this.extraLength = builder.extraLength;
        this.weight = builder.weight + length(label) + length(property);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** One property by its key, as {@link Builder#put} takes it. */
    public static AdditionalProperties of(String key, Object value) {
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

    boolean hasExtra() {
        return extraLength > 0;
    }

    void writeExtraTo(JsonWriter out) {
        out.beginObject();
        for (int i = 0; i < extraLength; i += 2) {
            out.name((String) extra[i]).value(extra[i + 1]);
        }
        out.endObject();
    }

    /** About how many bytes these are when they are sent. */
    int weight() {
        return weight;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static int weightOf(Object value) {
        if (value instanceof String text) {
            return text.length();
        } else if (value instanceof Map<?, ?> map) {
            int sum = 2;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += length((String) entry.getKey())
                        + 4
                        + (entry.getValue() == null ? 4 : weightOf(entry.getValue()));
            }
            return sum;
        } else if (value instanceof List<?> list) {
            int sum = 2;
            for (Object item : list) {
                sum += 1 + (item == null ? 4 : weightOf(item));
            }
            return sum;
        }
        return 8;
    }

    /** Collects the properties; the last value of a key counts. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String label;
        private @Nullable String property;
        private @Nullable Number value;

        /** Keys and values in turn; two for most events, so no map. Belongs to what was built once it is. */
        private Object[] extra = NO_EXTRA;

        private int extraLength;
        private int weight;
        private boolean built;

        private Builder() {}

        /** The label; when it is tracked, cut to 4,096 characters. */
        public Builder label(@Nullable String label) {
            this.label = label;
            return this;
        }

        /** The property; when it is tracked, cut to 1,000 characters: 997 and {@code ...}. */
        public Builder property(@Nullable String property) {
            this.property = property;
            return this;
        }

        /** A number; NaN and infinities, which nothing could count, are left out. */
        public Builder value(@Nullable Number value) {
            this.value = value == null ? null : (Number) numberOrNull(value);
            return this;
        }

        /**
         * Any property by its key: {@code label}, {@code property} and {@code value} have methods of their own and are
         * taken here too when the type fits.
         *
         * @param value a string, number, boolean, or maps and lists of these; anything else is sent as its {@code
         *     toString()}; null is not sent
         */
        public Builder put(String key, @Nullable Object value) {
            if (key.equals("label") && value instanceof String text) {
                return label(text);
            } else if (key.equals("property") && value instanceof String text) {
                return property(text);
            } else if (key.equals("value") && value instanceof Number number) {
                return value(number);
            }
            Object copy = Json.copyOf(value);
            int at = 0;
            while (at < extraLength && !extra[at].equals(key)) {
                at += 2;
            }
            if (copy != null) {
                set(at, key, copy);
            } else if (at < extraLength) {
                own(extraLength);
                System.arraycopy(extra, at + 2, extra, at, extraLength - at - 2);
                extraLength -= 2;
            }
            return this;
        }

        private void set(int at, String key, Object value) {
            own(at + 2);
            extra[at] = key;
            extra[at + 1] = value;
            extraLength = Math.max(extraLength, at + 2);
            weight += key.length() + weightOf(value);
        }

        private void own(int needed) {
            if (built || needed > extra.length) {
                extra = Arrays.copyOf(extra, Math.max(4, needed > extra.length ? 2 * extra.length : extra.length));
                built = false;
            }
        }

        public AdditionalProperties build() {
            built = true;
            return new AdditionalProperties(this);
        }

        private static @Nullable Object numberOrNull(Number number) {
            Object copy = Json.copyOf(number);
            return copy instanceof String ? numberOrNull(number.doubleValue()) : copy;
        }
    }
}
