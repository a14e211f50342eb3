package dev.internalevents.pipeline;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The atomic fields of one event that have a value, in the order of the atomic schema. Values are {@link String}s,
 * {@link Long}s, {@link java.math.BigDecimal}s, {@link Double}s, {@link Boolean}s and {@link Instant}s of whole
 * milliseconds. Only fields of the atomic schema are included. Immutable once part of a processed event.
 */
public final class AtomicValues extends AbstractMap<String, Object> {

    /** A decimal number with at most this many digits survives conversion to a double and back. */
    private static final int EXACT_DIGITS = 15;

    private final @Nullable Object[] values;

    AtomicValues() {
        this(new @Nullable Object[AtomicFields.NAMES.size()]);
    }

    private AtomicValues(@Nullable Object[] values) {
        this.values = values;
    }

    /** Returns the fields of a map, for stores that read an event back. */
    public static AtomicValues of(Map<String, ?> fields) {
        AtomicValues values = new AtomicValues();
        fields.forEach(values::set);
        return values;
    }

    /**
     * Returns the decimal value of a field that a store keeps as a double: the number with the fewest digits, 15 or
     * more, that converts to this double, without trailing zeros. Returns null for infinities and NaN.
     */
    public static @Nullable BigDecimal decimal(double value) {
        if (!Double.isFinite(value)) {
            return null;
        }
        // The JDK may write one digit more than needed.
        BigDecimal number = new BigDecimal(Double.toString(value));
        for (int digits = EXACT_DIGITS; digits < number.precision(); digits++) {
            BigDecimal shorter = new BigDecimal(value).round(new MathContext(digits));
            if (shorter.doubleValue() == value) {
                number = shorter;
            }
        }
        BigDecimal shortest = number.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    /** Returns a value by the field's index in {@link AtomicFields#NAMES}; null if it has none. */
    public @Nullable Object get(int ordinal) {
        return values[ordinal];
    }

    @Override
    public @Nullable Object get(Object name) {
        Integer ordinal = AtomicFields.ORDINALS.get(name);
        return ordinal == null ? null : values[ordinal];
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    /** Returns the number of characters in all text fields together. */
    public long textLength() {
        long length = 0;
        for (Object value : values) {
            if (value instanceof String text) {
                length += text.length();
            }
        }
        return length;
    }

    /** Returns the value of a text field; null if it has none. */
    public @Nullable String text(String name) {
        return get(name) instanceof String text ? text : null;
    }

    /** Returns the value of a time field; null if it has none. */
    public @Nullable Instant time(String name) {
        return get(name) instanceof Instant time ? time : null;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super Object> action) {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                action.accept(AtomicFields.NAMES.get(i), value);
            }
        }
    }

    /** Returns a copy with one field changed. */
    public AtomicValues with(String name, @Nullable Object value) {
        AtomicValues copy = new AtomicValues(values.clone());
        copy.set(name, value);
        return copy;
    }

    AtomicValues copy() {
        return new AtomicValues(values.clone());
    }

    void set(String name, @Nullable Object value) {
        values[Objects.requireNonNull(AtomicFields.ORDINALS.get(name), name)] = value;
    }

    void set(int ordinal, @Nullable Object value) {
        values[ordinal] = value;
    }

    void setIfAbsent(String name, @Nullable Object value) {
        int ordinal = Objects.requireNonNull(AtomicFields.ORDINALS.get(name), name);
        if (values[ordinal] == null) {
            values[ordinal] = value;
        }
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return (int) Arrays.stream(values).filter(Objects::nonNull).count();
            }

            @Override
            public Iterator<Entry<String, Object>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<String, Object>> {
        private int next = -1;

        private Entries() {
            advance();
        }

        private void advance() {
            next++;
            while (next < values.length && values[next] == null) {
                next++;
            }
        }

        @Override
        public boolean hasNext() {
            return next < values.length;
        }

        @Override
        public Map.Entry<String, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Map.Entry<String, Object> entry =
                    Map.entry(AtomicFields.NAMES.get(next), Objects.requireNonNull(values[next]));
            advance();
            return entry;
        }
    }
}
