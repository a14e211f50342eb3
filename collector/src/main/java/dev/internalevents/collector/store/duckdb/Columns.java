package dev.internalevents.collector.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the table {@code event}. Those of atomic fields, contexts and self-describing events are made when the
 * first event with a value comes, because a column of nothing costs time and room with every row. The writing thread adds,
 * others read.
 */
final class Columns {

    /** What every row has, in the order in which rows hand it over. */
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
            new Column("event_index", Column.Type.LONG));

    /** Atomic fields that queries name, so that they are always there. */
    private static final List<String> ALWAYS =
            List.of("event_id", "event_fingerprint", "collector_tstamp", "app_id", "event", "event_name");

    /** Schemas come from registries, so there are few; but they are not ours. */
    private static final int MAX_JSON_COLUMNS = 500;

    private static final int MAX_FIELDS = 5_000;

    private volatile Map<String, Column> known = Map.of();
    private final Map<String, Set<String>> jsonFields = new ConcurrentHashMap<>();
    private int fieldCount;

    /** Creates the table where it is not there, and reads its columns. */
    static Columns open(Connection connection) throws SQLException {
        Columns columns = new Columns();
        try (Statement sql = connection.createStatement()) {
            List<String> definitions = new ArrayList<>();
            OWN.forEach(column -> definitions.add(column.quoted() + " " + column.type().sql));
            ALWAYS.forEach(field -> definitions.add(
                    Column.quoted(field) + " " + Column.atomic(field).type().sql));
            sql.execute("CREATE TABLE IF NOT EXISTS event(" + String.join(", ", definitions) + ")");
            sql.execute("CREATE TABLE IF NOT EXISTS json_field(column_name VARCHAR, field VARCHAR)");
            Map<String, Column> found = new LinkedHashMap<>();
            try (ResultSet names = sql.executeQuery(
                    "SELECT column_name FROM duckdb_columns() WHERE table_name = 'event' AND schema_name = 'main' AND database_name = current_database()"
                            + " ORDER BY column_index")) {
                while (names.next()) {
                    Column column = columns.named(names.getString(1));
                    found.put(column.name(), column);
                }
            }
            columns.known = Collections.unmodifiableMap(found);
            try (ResultSet fields = sql.executeQuery("SELECT column_name, field FROM json_field")) {
                while (fields.next()) {
                    columns.remember(fields.getString(1), fields.getString(2));
                }
            }
        }
        return columns;
    }

    private Column named(String name) {
        return OWN.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseGet(() ->
                        AtomicFields.NAMES.contains(name) ? Column.atomic(name) : new Column(name, Column.Type.JSON));
    }

    /** The column of this name; null where there is none. */
    @Nullable
    Column get(String name) {
        return known.get(name);
    }

    List<Column> all() {
        return List.copyOf(known.values());
    }

    /** Atomic fields that have a column, in their order. */
    List<Column> atomic() {
        return AtomicFields.NAMES.stream()
                .filter(known::containsKey)
                .map(Column::atomic)
                .toList();
    }

    /** The columns of contexts and self-describing events, by name. */
    List<Column> json() {
        return known.values().stream()
                .filter(column -> isJson(column.name()))
                .sorted(Comparator.comparing(Column::name))
                .toList();
    }

    static boolean isJson(String name) {
        return name.startsWith("contexts_") || name.startsWith("unstruct_event_");
    }

    /** The fields that were seen in a column of JSON. */
    Set<String> fields(String column) {
        Set<String> fields = jsonFields.get(column);
        return fields == null ? Set.of() : new TreeSet<>(fields);
    }

    /** Whether a row with this column can be written as things are. */
    boolean has(String name) {
        return known.containsKey(name);
    }

    /** Adds columns, in a transaction of their own: whoever knows of one finds it in the table. */
    void add(Connection connection, Set<String> names) throws SQLException {
        Map<String, Column> more = new LinkedHashMap<>(known);
        try (Statement sql = connection.createStatement()) {
            for (String name : names) {
                Column column = named(name);
                if (isJson(name) && json().size() >= MAX_JSON_COLUMNS) {
                    throw new SQLException("there are " + MAX_JSON_COLUMNS + " schemas in the store already");
                }
                sql.execute("ALTER TABLE event ADD COLUMN IF NOT EXISTS " + column.quoted() + " " + column.type().sql);
                more.put(name, column);
            }
        }
        connection.commit();
        known = Collections.unmodifiableMap(more);
    }

    /** Notes a field of a column of JSON; true when it is new and is to be written down. */
    boolean remember(String column, String field) {
        Set<String> fields = jsonFields.computeIfAbsent(column, name -> ConcurrentHashMap.newKeySet());
        if (fields.contains(field) || fieldCount >= MAX_FIELDS) {
            return false;
        }
        fieldCount++;
        return fields.add(field);
    }
}
