package dev.internalevents.lake;

import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SchemaColumns;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Adds columns to a table: for the fields of schemas, up to limits. Never changes or removes a column. */
final class Evolution {

    /** Maximum number of columns with the data of schemas; each costs memory while a file is written. */
    static final int MAX_COLUMNS = 150;

    /** Maximum number of fields of one column. */
    static final int MAX_FIELDS = 200;

    /** Maximum number of fields of all columns together. */
    static final int MAX_ALL_FIELDS = 2_000;

    private static final int MAX_ATTEMPTS = 20;

    private final Table table;
    private final EventSinks.SchemaTexts schemas;

    /** A new column, or new fields of a column. */
    private record Addition(String column, boolean isNew, Map<String, Kind> fields) {}

    Evolution(Table table, EventSinks.SchemaTexts schemas) {
        this.table = table;
        this.schemas = schemas;
    }

    /** Adds the columns that the table lacks, because an earlier version made it or somebody dropped them. */
    void restore(TableShape shape) {
        change(() -> {
            List<Types.NestedField> missing = shape.schema().columns().stream()
                    .filter(column -> table.schema().findField(column.name()) == null)
                    .toList();
            if (missing.isEmpty()) {
                return null;
            }
            UpdateSchema update = table.updateSchema();
            missing.forEach(column -> update.addColumn(column.name(), column.type(), column.doc()));
            return update;
        });
    }

    /** Adds the columns of schemas; returns whether the table has changed. */
    boolean add(Collection<LakeTable.Named> news) {
        return change(() -> {
            List<Addition> additions = additions(news);
            return additions.isEmpty() ? null : update(additions);
        });
    }

    private interface Change {
        /** Returns what to commit; null for nothing. */
        @Nullable
        UpdateSchema next();
    }

    /** Commits a change, again if another collector changed the table meanwhile. */
    private boolean change(Change change) {
        for (int attempt = 1; ; attempt++) {
            UpdateSchema update = change.next();
            if (update == null) {
                return attempt > 1;
            }
            try {
                update.commit();
                return true;
            } catch (CommitFailedException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                table.refresh();
            }
        }
    }

    private List<Addition> additions(Collection<LakeTable.Named> news) {
        TypedColumns known = new TypedColumns(table.schema());
        Map<String, TypedColumns.Column> columns = new LinkedHashMap<>();
        int all = 0;
        for (int i = 0; i < known.size(); i++) {
            columns.put(known.get(i).name(), known.get(i));
            all += known.get(i).fields().size();
        }
        Map<String, Addition> additions = new LinkedHashMap<>();
        for (LakeTable.Named named : news) {
            String name = named.column();
            TypedColumns.Column column = columns.get(name);
            // A column that somebody made something else stays what it is.
            boolean isTaken = column == null && table.schema().findField(name) != null;
            if (isTaken || (column == null && columns.size() >= MAX_COLUMNS)) {
                continue;
            }
            Map<String, Kind> fields = new LinkedHashMap<>(column == null ? Map.of() : column.fields());
            TypedColumns.Column grown = new TypedColumns.Column(name, named.isContext(), fields);
            Map<String, Kind> added = new LinkedHashMap<>();
            for (Map.Entry<String, Kind> field : schemas.of(named.schema())
                    .map(JsonSchemaFields::of)
                    .orElse(Map.of())
                    .entrySet()) {
                if (all < MAX_ALL_FIELDS && fields.size() < MAX_FIELDS && !grown.isTaken(field.getKey())) {
                    fields.put(field.getKey(), field.getValue());
                    added.put(field.getKey(), field.getValue());
                    all++;
                }
            }
            if (!added.isEmpty()) {
                columns.put(name, grown);
                additions
                        .computeIfAbsent(name, key -> new Addition(name, column == null, new LinkedHashMap<>()))
                        .fields()
                        .putAll(added);
            }
        }
        return new ArrayList<>(additions.values());
    }

    private UpdateSchema update(List<Addition> additions) {
        Schema now = table.schema();
        UpdateSchema update = table.updateSchema();
        for (Addition addition : additions) {
            boolean isList = SchemaColumns.isContexts(addition.column());
            if (addition.isNew()) {
                update.addColumn(addition.column(), isList ? list(addition.fields()) : struct(addition.fields()));
            } else {
                Types.NestedField column = now.findField(addition.column());
                String parent = isList ? column.name() + ".element" : column.name();
                addition.fields().forEach((field, kind) -> {
                    if (now.findField(parent + "." + field) == null) {
                        update.addColumn(parent, field, kind.type(), kind.comment());
                    }
                });
            }
        }
        return update;
    }

    private static Types.ListType list(Map<String, Kind> fields) {
        // The table assigns ids of its own.
        return Types.ListType.ofRequired(1, struct(fields));
    }

    private static Types.StructType struct(Map<String, Kind> fields) {
        List<Types.NestedField> struct = new ArrayList<>();
        fields.forEach((name, kind) ->
                struct.add(Types.NestedField.optional(struct.size() + 2, name, kind.type(), kind.comment())));
        return Types.StructType.of(struct);
    }
}
