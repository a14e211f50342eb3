package dev.internalevents.lake.maintenance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * The columns and fields that a table has had, under the names that they got first. Data files keep the values of a
 * column that was renamed or dropped. If a name was given twice, a later column has its id after the name.
 */
final class OriginalNames {

    private static final char ID = '#';

    private OriginalNames() {}

    /** Returns all columns that the table has had, each of them optional. */
    static Schema of(Table table) {
        List<Types.NestedField> all = new ArrayList<>();
        table.schemas().values().stream()
                .sorted(Comparator.comparingInt(Schema::schemaId))
                .forEach(schema -> all.addAll(schema.columns()));
        return new Schema(joined(all));
    }

    /** Returns the name that a column or field got first. */
    static String first(String name) {
        int id = name.indexOf(ID);
        return id < 0 ? name : name.substring(0, id);
    }

    private static List<Types.NestedField> joined(List<Types.NestedField> all) {
        Map<Integer, List<Types.NestedField>> byId = new LinkedHashMap<>();
        all.forEach(field ->
                byId.computeIfAbsent(field.fieldId(), id -> new ArrayList<>()).add(field));
        Set<String> names = new HashSet<>();
        List<Types.NestedField> joined = new ArrayList<>();
        byId.forEach((id, same) -> {
            String name = same.get(0).name();
            joined.add(Types.NestedField.optional(
                    id,
                    names.add(name) ? name : name + ID + id,
                    type(same.stream().map(Types.NestedField::type).toList()),
                    same.get(0).doc()));
        });
        return joined;
    }

    private static Type type(List<Type> same) {
        Type last = same.get(same.size() - 1);
        if (last.isStructType()) {
            return Types.StructType.of(joined(same.stream()
                    .flatMap(type -> type.asStructType().fields().stream())
                    .toList()));
        }
        return last.isListType()
                ? Types.ListType.ofOptional(
                        last.asListType().elementId(),
                        type(same.stream()
                                .map(type -> type.asListType().elementType())
                                .toList()))
                : last;
    }
}
