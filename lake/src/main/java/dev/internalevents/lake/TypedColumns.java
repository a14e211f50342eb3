package dev.internalevents.lake;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.SchemaColumns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The columns of a table with the typed data of contexts and self-describing events. Not thread-safe. */
final class TypedColumns {

    private static final int MAX_CACHED = 10_000;

    private final List<Column> columns = new ArrayList<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final Map<SchemaKey, Integer> ofContexts = new HashMap<>();
    private final Map<SchemaKey, Integer> ofUnstructEvents = new HashMap<>();

    /**
     * A column: a list of structs for contexts, a struct for self-describing events.
     *
     * @param fields the fields of the struct that this module writes, in the order of the table
     */
    record Column(String name, boolean isList, Map<String, Kind> fields) {

        /** Returns the names of the fields in the schema of the table; others, which users added, are not written. */
        List<String> paths() {
            String parent = isList ? name + ".element." : name + ".";
            return fields.keySet().stream().map(field -> parent + field).toList();
        }

        /** Returns whether a field has this name, or one that differs only in case. */
        boolean isTaken(String name) {
            return fields.containsKey(name)
                    || fields.keySet().stream()
                            .anyMatch(other -> other.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)));
        }
    }

    TypedColumns(Schema schema) {
        for (Types.NestedField field : schema.columns()) {
            Types.StructType struct = SchemaColumns.isOfSchema(field.name()) ? struct(field) : null;
            if (struct != null) {
                Map<String, Kind> fields = new LinkedHashMap<>();
                for (Types.NestedField inner : struct.fields()) {
                    Kind kind = inner.isOptional() ? Kind.of(inner) : null;
                    if (kind != null) {
                        fields.put(inner.name(), kind);
                    }
                }
                byName.put(field.name(), columns.size());
                columns.add(new Column(field.name(), field.type().isListType(), fields));
            }
        }
    }

    /** Returns the struct of a column; null if somebody made it something else. */
    private static Types.@Nullable StructType struct(Types.NestedField field) {
        if (!SchemaColumns.isContexts(field.name())) {
            return field.type().isStructType() ? field.type().asStructType() : null;
        }
        return field.type().isListType()
                        && field.type().asListType().elementType().isStructType()
                ? field.type().asListType().elementType().asStructType()
                : null;
    }

    int size() {
        return columns.size();
    }

    Column get(int index) {
        return columns.get(index);
    }

    /** Returns the column with this name; null if there is none. */
    @Nullable
    Column named(String name) {
        Integer index = byName.get(name);
        return index == null ? null : columns.get(index);
    }

    /** Returns the index of the column for contexts of a schema; -1 if there is none. */
    int ofContexts(SchemaKey schema) {
        Integer known = ofContexts.get(schema);
        return known == null ? remember(ofContexts, schema, SchemaColumns.ofContexts(schema)) : known;
    }

    /** Returns the index of the column for self-describing events of a schema; -1 if there is none. */
    int ofUnstructEvent(SchemaKey schema) {
        Integer known = ofUnstructEvents.get(schema);
        return known == null ? remember(ofUnstructEvents, schema, SchemaColumns.ofUnstructEvent(schema)) : known;
    }

    private int remember(Map<SchemaKey, Integer> cache, SchemaKey schema, String name) {
        int index = byName.getOrDefault(name, -1);
        if (cache.size() < MAX_CACHED) {
            cache.put(schema, index);
        }
        return index;
    }
}
