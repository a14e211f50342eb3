package dev.internalevents.protocol;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Objects and arrays created by {@link Json}: known to be immutable, so they never need to be copied. */
final class Parsed {

    private Parsed() {}

    /** A value that knows its size, which is counted at most once; see {@link ValueCopy}. */
    interface Sized {

        int valueCount();

        long bytes();
    }

    /** Not counted yet. */
    private static final int UNKNOWN = -1;

    static final class ParsedObject extends AbstractMap<String, @Nullable Object> implements Sized {
        private final Map<String, @Nullable Object> fields;
        private int values;
        private long bytes;

        ParsedObject(Map<String, @Nullable Object> fields) {
            this(fields, UNKNOWN, UNKNOWN);
        }

        ParsedObject(Map<String, @Nullable Object> fields, int values, long bytes) {
            this.fields = fields;
            this.values = values;
            this.bytes = bytes;
        }

        /** Returns the fields themselves; callers must not change them. */
        Map<String, @Nullable Object> fields() {
            return fields;
        }

        @Override
        public int valueCount() {
            if (values == UNKNOWN) {
                // Two threads may both count; they get the same result.
                long sum = 1;
                for (Object value : fields.values()) {
                    sum += ValueCopy.values(value);
                }
                values = (int) Math.min(Integer.MAX_VALUE, sum);
            }
            return values;
        }

        @Override
        public long bytes() {
            if (bytes == UNKNOWN) {
                long sum = 2;
                for (Entry<String, @Nullable Object> field : fields.entrySet()) {
                    sum += field.getKey().length() + 4 + ValueCopy.bytes(field.getValue());
                }
                bytes = sum;
            }
            return bytes;
        }

        @Override
        public @Nullable Object get(Object name) {
            return fields.get(name);
        }

        @Override
        public boolean containsKey(Object name) {
            return fields.containsKey(name);
        }

        @Override
        public int size() {
            return fields.size();
        }

        @Override
        public Set<Entry<String, @Nullable Object>> entrySet() {
            return Collections.unmodifiableMap(fields).entrySet();
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super @Nullable Object> action) {
            fields.forEach(action);
        }
    }

    static final class ParsedArray extends AbstractList<@Nullable Object> implements RandomAccess, Sized {
        private final List<@Nullable Object> items;
        private int values;
        private long bytes;

        ParsedArray(List<@Nullable Object> items) {
            this(items, UNKNOWN, UNKNOWN);
        }

        ParsedArray(List<@Nullable Object> items, int values, long bytes) {
            this.items = items;
            this.values = values;
            this.bytes = bytes;
        }

        @Override
        public int valueCount() {
            if (values == UNKNOWN) {
                long sum = 1;
                for (Object item : items) {
                    sum += ValueCopy.values(item);
                }
                values = (int) Math.min(Integer.MAX_VALUE, sum);
            }
            return values;
        }

        @Override
        public long bytes() {
            if (bytes == UNKNOWN) {
                long sum = 2;
                for (Object item : items) {
                    sum += 1 + ValueCopy.bytes(item);
                }
                bytes = sum;
            }
            return bytes;
        }

        @Override
        public @Nullable Object get(int index) {
            return items.get(index);
        }

        @Override
        public int size() {
            return items.size();
        }

        @Override
        public void forEach(Consumer<? super @Nullable Object> action) {
            items.forEach(action);
        }
    }
}
