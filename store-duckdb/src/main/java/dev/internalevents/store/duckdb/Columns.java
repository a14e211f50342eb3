package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.store.SchemaColumns;
import dev.internalevents.store.SchemaFields;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the table {@code event}. Columns of atomic fields, contexts and self-describing events are created
 * when the first event with a value arrives, because an empty column costs time and space in every row. JSON without a
 * column, for now or permanently, is stored in the column {@code more}, an object by column name. The writing thread
 * adds columns, others read.
 */
final class Columns {

    /** JSON by column name, for columns that the table does not have. */
    static final String MORE = "more";

    /** The approximate size of a row's values in bytes. */
    static final String WEIGHT = "weight";

    /** Whether an event is a repeat; the column is created when the first repeat arrives. */
    static final Column REPEAT = new Column("repeat", Column.Type.BOOLEAN);

    /** Columns that every row has, in the order of the table. */
    static final List<Column> OWN = List.of(
            new Column("number", Column.Type.LONG),
            new Column("valid", Column.Type.BOOLEAN),
            new Column("session", Column.Type.TEXT),
            new Column("title", Column.Type.TEXT),
            new Column("sent_event_id", Column.Type.UUID),
            new Column("event_schema", Column.Type.TEXT),
            new Column("context_schemas", Column.Type.TEXT),
            new Column("derived_schemas", Column.Type.TEXT),
            new Column("request", Column.Type.JSON),
            new Column("parameters", Column.Type.JSON),
            new Column("failures", Column.Type.JSON),
            new Column("request_number", Column.Type.LONG),
            new Column("event_index", Column.Type.LONG),
            new Column(MORE, Column.Type.JSON),
            new Column(WEIGHT, Column.Type.LONG));

    /** Atomic fields that always have a column, because queries name them. */
    private static final List<String> ALWAYS =
            List.of("event_id", "event_fingerprint", "collector_tstamp", "app_id", "event", "event_name");

    /**
     * Maximum number of JSON columns; further schemas share a column. Measured, 500 columns double the cost of a row.
     */
    private static final int MAX_JSON_COLUMNS = 150;

    private static final int MAX_JSON_NAME_LENGTH = 200;

    private final JsonFields fields;
    private volatile Map<String, Column> known = Map.of();

    private Columns(SchemaFields schemas) {
        this.fields = new JsonFields(schemas);
    }

    /** Creates the table if it does not exist, and reads its columns. */
    static Columns open(Connection connection, SchemaFields schemas) throws SQLException {
        Columns columns = new Columns(schemas);
        try (Statement sql = connection.createStatement()) {
            List<String> definitions = new ArrayList<>();
            OWN.forEach(column -> definitions.add(column.definition()));
            ALWAYS.forEach(field -> definitions.add(Column.atomic(field).definition()));
            sql.execute("CREATE TABLE IF NOT EXISTS event(" + String.join(", ", definitions) + ")");
            // A store of an earlier version lacks these columns.
            for (Column column : List.of(OWN.get(OWN.size() - 2), OWN.get(OWN.size() - 1))) {
                sql.execute("ALTER TABLE event ADD COLUMN IF NOT EXISTS " + column.definition());
            }
            sql.execute("CREATE TABLE IF NOT EXISTS json_field(column_name VARCHAR, field VARCHAR)");
            sql.execute("ALTER TABLE json_field ADD COLUMN IF NOT EXISTS position INTEGER");
            columns.readNames(sql);
            // Rows are in the order in which the fields were first seen.
            try (ResultSet fields = sql.executeQuery(
                    "SELECT column_name, field, position FROM json_field ORDER BY position NULLS LAST, rowid")) {
                while (fields.next()) {
                    int position = fields.getInt(3);
                    columns.fields.load(fields.getString(1), fields.getString(2), fields.wasNull() ? null : position);
                }
            }
        }
        return columns;
    }

    private void readNames(Statement sql) throws SQLException {
        Map<String, Column> found = new LinkedHashMap<>();
        try (ResultSet names = sql.executeQuery("SELECT column_name FROM duckdb_columns() WHERE table_name = 'event'"
                + " AND schema_name = 'main' AND database_name = current_database() ORDER BY column_index")) {
            while (names.next()) {
                Column column = named(names.getString(1));
                found.put(column.name(), column);
            }
        }
        known = Collections.unmodifiableMap(found);
    }

    private static Column named(String name) {
        if (name.equals(REPEAT.name())) {
            return REPEAT;
        }
        return OWN.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseGet(() -> AtomicFields.NAMES.contains(name) ? Column.atomic(name) : Column.json(name));
    }

    /** Returns the column with this name; null if the table has none. */
    @Nullable
    Column get(String name) {
        return known.get(name);
    }

    /** Returns the condition that excludes repeats; empty if the table has no column for repeats. */
    Optional<String> once() {
        return has(REPEAT.name()) ? Optional.of(REPEAT.quoted() + " IS NOT TRUE") : Optional.empty();
    }

    List<Column> all() {
        return List.copyOf(known.values());
    }

    /** Returns the columns of atomic fields, in the order of the fields. */
    List<Column> atomic() {
        return AtomicFields.NAMES.stream()
                .filter(known::containsKey)
                .map(Column::atomic)
                .toList();
    }

    /** Returns the table's columns of contexts and self-describing events. */
    List<Column> json() {
        return known.values().stream()
                .filter(column -> column.type().isOfSchema())
                .toList();
    }

    /** Returns the names of all contexts and self-describing events seen, with or without a column of their own. */
    List<String> jsonNames() {
        Set<String> names = new LinkedHashSet<>();
        json().forEach(column -> names.add(column.name()));
        names.addAll(fields.columns());
        return names.stream().sorted().toList();
    }

    /** Returns the SQL expression for the JSON text of such a name; null if the name was never seen. */
    @Nullable
    String jsonExpression(String name) {
        boolean isSeen = known.containsKey(name) || !fields.fields(name).isEmpty();
        return SchemaColumns.isOfSchema(name) && isSeen ? dataOf(name) : null;
    }

    /**
     * Returns the SQL expression for the JSON text of a name of {@link SchemaColumns}, which may never have been seen.
     */
    String dataOf(String name) {
        // Names of schemas contain no characters with a meaning in a path.
        String shared = "(" + MORE + " ->> '" + name + "')";
        return has(name) ? "coalesce(" + Column.quoted(name) + ", " + shared + ")" : shared;
    }

    JsonFields fields() {
        return fields;
    }

    /** Returns whether the table has a column with this name. */
    boolean has(String name) {
        return known.containsKey(name);
    }

    /**
     * Adds columns and fields, in the open transaction.
     *
     * @param names columns to add; JSON columns beyond the limit are left out
     */
    void add(Connection connection, Collection<String> names, List<JsonFields.NewField> news) throws SQLException {
        Map<String, Column> more = new LinkedHashMap<>(known);
        long json = json().size();
        try (Statement sql = connection.createStatement()) {
            for (String name : names) {
                Column column = named(name);
                boolean isOfSchema = column.type().isOfSchema();
                boolean fits = !isOfSchema || (json < MAX_JSON_COLUMNS && name.length() <= MAX_JSON_NAME_LENGTH);
                if (!more.containsKey(name) && fits) {
                    sql.execute("ALTER TABLE event ADD COLUMN IF NOT EXISTS " + column.definition());
                    more.put(name, column);
                    json += isOfSchema ? 1 : 0;
                }
            }
        }
        if (!news.isEmpty()) {
            try (PreparedStatement sql = connection.prepareStatement("INSERT INTO json_field VALUES (?, ?, ?)")) {
                for (JsonFields.NewField field : news) {
                    sql.setString(1, field.column());
                    sql.setString(2, field.field());
                    sql.setObject(3, field.position());
                    sql.addBatch();
                }
                sql.executeBatch();
            }
        }
        known = Collections.unmodifiableMap(more);
    }

    /** Returns whether another JSON column with this name can be created. */
    boolean hasRoomForJson(String name) {
        return name.length() <= MAX_JSON_NAME_LENGTH && json().size() < MAX_JSON_COLUMNS;
    }

    /** Drops the JSON columns and the known fields. For a table without rows. */
    void forget(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            for (Column column : json()) {
                sql.execute("ALTER TABLE event DROP COLUMN IF EXISTS " + column.quoted());
            }
            sql.execute("DELETE FROM json_field");
            fields.clear();
            readNames(sql);
        }
    }
}
