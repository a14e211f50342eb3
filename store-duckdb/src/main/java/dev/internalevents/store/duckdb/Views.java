package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.store.SchemaColumns;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the views for users' SQL: {@code events} with every atomic field and a JSON column for each schema,
 * {@code failed_events} with the reasons, and for each schema of contexts and self-describing events a view with a
 * column for each field. A view that cannot be created is logged and left out, so that it never prevents events from
 * being stored.
 */
final class Views {

    private static final Logger LOG = LoggerFactory.getLogger(Views.class);

    /** Columns of a schema's view in addition to the fields. */
    private static final List<String> OF_EVENT = List.of("number", "event_id", "collector_tstamp", "app_id", "data");

    private Views() {}

    /**
     * Creates every view, in separate transactions.
     *
     * @throws SQLException if DuckDB or the disk is in trouble, rather than a single view
     */
    static void createAll(Connection connection, Columns columns) throws SQLException {
        create(connection, columns, columns.jsonNames());
    }

    /** Creates the views of all events and those of some schemas; otherwise like {@link #createAll}. */
    static void create(Connection connection, Columns columns, Collection<String> names) throws SQLException {
        List<String> statements = new ArrayList<>();
        String once = columns.once().map(condition -> " AND " + condition).orElse("");
        statements.add("CREATE OR REPLACE VIEW events AS SELECT number, " + atomic(columns) + ", session"
                + json(columns) + ", more FROM event WHERE valid" + once);
        statements.add("CREATE OR REPLACE VIEW failed_events AS SELECT number, " + atomic(columns)
                + ", session, title AS name, failures::JSON AS failures, parameters::JSON AS parameters,"
                + " request::JSON AS request FROM event WHERE NOT valid" + once);
        for (String name : names) {
            String json = columns.jsonExpression(name);
            if (json != null) {
                statements.add(view(name, json, once, columns.fields().distinct(name, OF_EVENT)));
            }
        }
        if (executed(connection, statements)) {
            return;
        }
        if (!executed(connection, statements.subList(0, 2))) {
            // Not even the views of all events can be created now.
            return;
        }
        for (String name : names) {
            String json = columns.jsonExpression(name);
            List<String> fields = columns.fields().distinct(name, OF_EVENT);
            if (json != null && !executed(connection, List.of(view(name, json, once, fields)))) {
                // Without columns for fields; these can still be read from the data.
                executed(connection, List.of(view(name, json, once, List.of())));
            }
        }
    }

    private static boolean executed(Connection connection, List<String> statements) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
            connection.commit();
            return true;
        } catch (SQLException e) {
            if (Database.isTrouble(e)) {
                throw e;
            }
            LOG.warn(
                    "a view for SQL could not be created ({}); the events are stored, and everything else works",
                    Database.firstLine(e));
            try {
                connection.rollback();
            } catch (SQLException ended) {
                LOG.debug("nothing to roll back: {}", ended.getMessage());
            }
            return false;
        }
    }

    private static String atomic(Columns columns) {
        List<String> fields = new ArrayList<>();
        for (String name : AtomicFields.NAMES) {
            Column column = Column.atomic(name);
            fields.add(columns.has(name) ? column.shown() : column.shownAsMissing());
        }
        return String.join(", ", fields);
    }

    private static String json(Columns columns) {
        StringBuilder all = new StringBuilder();
        columns.json().stream()
                .map(Column::name)
                .sorted()
                .forEach(name -> all.append(", ")
                        .append(columns.jsonExpression(name))
                        .append("::JSON AS ")
                        .append(Column.quoted(name)));
        return all.toString();
    }

    private static String view(String name, String json, String once, List<String> names) {
        return "CREATE OR REPLACE VIEW " + Column.quoted(name) + " AS " + schema(name, json, once, names);
    }

    private static String schema(String name, String json, String once, List<String> names) {
        boolean list = SchemaColumns.isContexts(name);
        String rows = "SELECT number, event_id, collector_tstamp, app_id, "
                + (list ? "unnest(from_json(" + json + ", '[\"JSON\"]'))" : json + "::JSON")
                + " AS data FROM event WHERE valid" + once + " AND " + json + " IS NOT NULL";
        if (names.isEmpty()) {
            return rows;
        }
        // Extract all fields at once: each expression that parses JSON needs memory for all of it.
        StringBuilder paths = new StringBuilder();
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            paths.append(i == 0 ? "" : ", ").append(Column.literal("$.\"" + names.get(i) + "\""));
            columns.append(", fields[").append(i + 1).append("] AS ").append(Column.quoted(names.get(i)));
        }
        return "SELECT number, event_id, collector_tstamp, app_id, data" + columns
                + " FROM (SELECT *, json_extract_string(data, [" + paths + "]) AS fields FROM (" + rows + "))";
    }

    /** Drops the views of schemas, in the open transaction. */
    static void dropSchemas(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet views = sql.executeQuery("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main'"
                    + " AND database_name = current_database() AND NOT internal")) {
                while (views.next()) {
                    if (SchemaColumns.isOfSchema(views.getString(1))) {
                        names.add(views.getString(1));
                    }
                }
            }
            for (String name : names) {
                sql.execute("DROP VIEW IF EXISTS " + Column.quoted(name));
            }
        }
    }
}
