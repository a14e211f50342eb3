package dev.internalevents.lake;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the members of JSON objects by the fields of a column. Objects from one sender have their members in the same
 * order, so that a member is usually found where it was in the object before, without a look-up.
 */
final class FieldOrder {

    private static final int UNKNOWN = -1;

    private final String[] names;
    private final Map<String, Integer> byName = new HashMap<>();
    private final @Nullable Object[] values;
    /** The field of each position in the object before. */
    private final int[] fieldAt;

    private final BiConsumer<Object, @Nullable Object> member = this::member;
    private int position;
    private boolean hasOthers;

    FieldOrder(Collection<String> fields) {
        this.names = fields.toArray(new String[0]);
        for (int i = 0; i < names.length; i++) {
            byName.put(names[i], i);
        }
        this.values = new @Nullable Object[names.length];
        this.fieldAt = new int[names.length];
        Arrays.fill(fieldAt, UNKNOWN);
    }

    /** Reads the members; returns false if it is not an object, or has members that are not among the fields. */
    boolean read(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> object)) {
            return false;
        }
        position = 0;
        hasOthers = false;
        object.forEach(member);
        return !hasOthers;
    }

    private void member(Object name, @Nullable Object value) {
        int at = position++;
        int field = at < fieldAt.length ? fieldAt[at] : UNKNOWN;
        if (field == UNKNOWN || !names[field].equals(name)) {
            field = byName.getOrDefault(name, UNKNOWN);
            if (at < fieldAt.length) {
                fieldAt[at] = field;
            }
        }
        if (field == UNKNOWN) {
            hasOthers = true;
        } else {
            values[field] = value;
        }
    }

    /** Returns the value of a field in the object that was read last, once; null if it has none. */
    @Nullable
    Object take(int field) {
        Object value = values[field];
        values[field] = null;
        return value;
    }
}
