package dev.internalevents.client;

import dev.internalevents.protocol.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
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

    /** No additional property at all. */
    public static final AdditionalProperties NONE = builder().build();

    private final @Nullable String label;
    private final @Nullable String property;
    private final @Nullable Number value;
    private final Map<String, Object> extra;

    private AdditionalProperties(Builder builder) {
        this.label = builder.label;
        this.property = builder.property;
        this.value = builder.value;
        this.extra = builder.extra.isEmpty()
                ? Collections.emptyMap()
                : Collections.unmodifiableMap(new LinkedHashMap<>(builder.extra));
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
        return extra;
    }

    /** Collects the properties; the last value of a key counts. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String label;
        private @Nullable String property;
        private @Nullable Number value;
        private final Map<String, Object> extra = new LinkedHashMap<>();

        private Builder() {}

        public Builder label(@Nullable String label) {
            this.label = label;
            return this;
        }

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
            if (copy == null) {
                extra.remove(key);
            } else {
                extra.put(key, copy);
            }
            return this;
        }

        public AdditionalProperties build() {
            return new AdditionalProperties(this);
        }

        private static @Nullable Object numberOrNull(Number number) {
            Object copy = Json.copyOf(number);
            return copy instanceof String ? numberOrNull(number.doubleValue()) : copy;
        }
    }
}
