package dev.internalevents.store.duckdb;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.SchemaFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields in the data of contexts and self-describing events, by column: first the fields of the schema, in its
 * order, then other fields seen, up to a limit per column. The writing thread adds fields, others read.
 */
final class JsonFields {

    /** Maximum number of JSON columns with known fields: {@value}. */
    static final int MAX_COLUMNS = 2_000;

    /** Maximum number of fields of one column that its schema does not name: {@value}. */
    static final int MAX_OTHERS = 200;

    /** Maximum number of fields of one column that its schema names: {@value}. */
    static final int MAX_OF_SCHEMA = 1_000;

    private static final int MAX_VERSIONS = 100;

    private final SchemaFields schemas;
    private final Map<String, Fields> columns = new ConcurrentHashMap<>();

    /** A new field to be stored; the position is null if no schema names the field. */
    record NewField(String column, String field, @Nullable Integer position) {}

    private static final class Fields {
        private final Set<SchemaKey> versions = ConcurrentHashMap.newKeySet();
        private final Set<String> ofSchema = Collections.synchronizedSet(new LinkedHashSet<>());

        /** In the order in which they were first seen. */
        private final Set<String> others = Collections.synchronizedSet(new LinkedHashSet<>());

        /** Fields of the schema and others, looked up for each field of each row. */
        private final Set<String> known = ConcurrentHashMap.newKeySet();

        /**
         * An earlier row whose fields and schemas were all known; most rows have the same ones. Used only by the
         * writing thread.
         */
        private RowContent.@Nullable JsonColumn allKnown;
    }

    JsonFields(SchemaFields schemas) {
        this.schemas = schemas;
    }

    /** Adds a field read from the store. */
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

    /** Records the fields of a row's column, and adds new ones to the list. */
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
        // Known fields stay known until clear().
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

    /** Returns the names of columns with known fields, sorted. */
    List<String> columns() {
        return columns.keySet().stream().sorted().toList();
    }

    /** Returns the fields of a column: those of its schema, then the others, sorted. */
    List<String> fields(String column) {
        Fields fields = columns.get(column);
        if (fields == null) {
            return List.of();
        }
        List<String> all = copy(fields.ofSchema);
        all.addAll(new TreeSet<>(copy(fields.others)));
        return all;
    }

    /**
     * Returns the fields of a column that can be columns of one view, in the order of {@link #fields}. Of fields that
     * differ only in case, it is the one that the schema names, otherwise the one seen first, so that a later event
     * does not change a column.
     *
     * @param reserved names already in use
     */
    List<String> distinct(String column, Collection<String> reserved) {
        Fields fields = columns.get(column);
        if (fields == null) {
            return List.of();
        }
        List<String> all = copy(fields.ofSchema);
        all.addAll(copy(fields.others));
        Set<String> distinct = new HashSet<>(FieldNames.distinct(reserved, all));
        return fields(column).stream().filter(distinct::contains).toList();
    }

    private static List<String> copy(Set<String> names) {
        synchronized (names) {
            return new ArrayList<>(names);
        }
    }

    boolean has(String column, String field) {
        Fields fields = columns.get(column);
        return fields != null && fields.known.contains(field);
    }

    void clear() {
        columns.clear();
    }
}
