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

/** Objects and arrays that {@link Json} made itself: known to be immutable, so that nobody copies them again. */
final class Parsed {

    private Parsed() {}

    static final class ParsedObject extends AbstractMap<String, @Nullable Object> {
        private final Map<String, @Nullable Object> fields;

        ParsedObject(Map<String, @Nullable Object> fields) {
            this.fields = fields;
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

    static final class ParsedArray extends AbstractList<@Nullable Object> implements RandomAccess {
        private final List<@Nullable Object> items;

        ParsedArray(List<@Nullable Object> items) {
            this.items = items;
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
