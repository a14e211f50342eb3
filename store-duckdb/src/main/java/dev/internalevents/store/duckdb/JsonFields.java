package dev.internalevents.store.duckdb;

import dev.internalevents.store.SchemaFields;
import dev.internalevents.protocol.SchemaKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the data of contexts and self-describing events, by column: first those that the schema names, in its
 * order, then others that were seen, up to a number for each column. The writing thread adds, others read.
 */
final class JsonFields {

    /** Columns of JSON that fields are remembered of, at most: {@value}. */
    static final int MAX_COLUMNS = 2_000;

    /** Fields of one column that its schema does not name, at most: {@value}. */
    static final int MAX_OTHERS = 200;

    /** Fields of one column that its schema names, at most: {@value}. */
    static final int MAX_OF_SCHEMA = 1_000;

    private static final int MAX_VERSIONS = 100;

    private final SchemaFields schemas;
    private final Map<String, Fields> columns = new ConcurrentHashMap<>();

    /** What is to be written down of a new field; the position is null for one that no schema names. */
    record NewField(String column, String field, @Nullable Integer position) {}

    private static final class Fields {
        private final Set<SchemaKey> versions = ConcurrentHashMap.newKeySet();
        private final Set<String> ofSchema = Collections.synchronizedSet(new LinkedHashSet<>());
        private final Set<String> others = ConcurrentHashMap.newKeySet();

        /** Both: what is asked for each field of each row. */
        private final Set<String> known = ConcurrentHashMap.newKeySet();

        /** What a row had whose fields and schemas were all known; most rows have the same. For the writing thread. */
        private RowContent.@Nullable JsonColumn allKnown;
    }

    JsonFields(SchemaFields schemas) {
        this.schemas = schemas;
    }

    /** Takes a field that was written down. */
    void load(String column, String field, @Nullable Integer position) {
        Fields fields = of(column);
        if (fields != null && FieldNames.isUsable(field)) {
            add(fields, field, position);
        }
    }

    private @Nullable Fields of(String column) {
        Fields known = columns.get(column);
        if (known == null && columns.size() < MAX_COLUMNS) {
            known = new Fields();
            columns.put(column, known);
        }
        return known;
    }

    private static boolean add(Fields fields, String field, @Nullable Integer position) {
        boolean added;
        if (position != null) {
            fields.others.remove(field);
            added = fields.ofSchema.size() < MAX_OF_SCHEMA && fields.ofSchema.add(field);
        } else {
            added = !fields.known.contains(field) && fields.others.size() < MAX_OTHERS && fields.others.add(field);
        }
        if (added) {
            fields.known.add(field);
        }
        return added;
    }

    /** Notes the fields of one row's column; what is new goes into the list. */
    void note(RowContent.JsonColumn row, List<NewField> news) {
        String column = row.name();
        Fields fields = of(column);
        if (fields == null) {
            return;
        }
        RowContent.JsonColumn before = fields.allKnown;
        if (before != null && row.hasFieldsOf(before)) {
            return;
        }
        boolean allKnown = true;
        for (SchemaKey version : row.schemas()) {
            if (!fields.versions.contains(version) && fields.versions.size() < MAX_VERSIONS) {
                noteVersion(column, version, fields, news);
            }
            allKnown &= fields.versions.contains(version);
        }
        for (String field : row.fields()) {
            if (!fields.known.contains(field)
                    && fields.others.size() < MAX_OTHERS
                    && FieldNames.isUsable(field)
                    && add(fields, field, null)) {
                news.add(new NewField(column, field, null));
            }
            allKnown &= fields.known.contains(field);
        }
        // What is known stays known, until all of it is forgotten.
        fields.allKnown = allKnown ? row.withoutData() : before;
    }

    private void noteVersion(String column, SchemaKey version, Fields fields, List<NewField> news) {
        List<String> named = schemas.of(version);
        if (!named.isEmpty()) {
            fields.versions.add(version);
            named.stream().filter(FieldNames::isUsable).forEach(field -> {
                if (add(fields, field, fields.ofSchema.size())) {
                    news.add(new NewField(column, field, fields.ofSchema.size()));
                }
            });
        }
    }

    /** The columns that fields are known of, by name. */
    List<String> columns() {
        return columns.keySet().stream().sorted().toList();
    }

    /** The fields of a column, those of its schema first. */
    List<String> fields(String column) {
        Fields fields = columns.get(column);
        if (fields == null) {
            return List.of();
        }
        List<String> all;
        synchronized (fields.ofSchema) {
            all = new ArrayList<>(fields.ofSchema);
        }
        all.addAll(new TreeSet<>(fields.others));
        return all;
    }

    boolean has(String column, String field) {
        Fields fields = columns.get(column);
        return fields != null && fields.known.contains(field);
    }

    void clear() {
        columns.clear();
    }
}
