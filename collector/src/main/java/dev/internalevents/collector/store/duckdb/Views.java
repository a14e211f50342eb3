package dev.internalevents.collector.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What people query: {@code events} with every atomic field and a column of JSON for each schema, {@code failed_events}
 * with the reasons, and for each schema of contexts and self-describing events a view of its own with a column a field.
 */
final class Views {

    private Views() {}

    static void create(Connection connection, Columns columns) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("CREATE OR REPLACE VIEW events AS SELECT number, " + atomic(columns) + ", session"
                    + json(columns) + " FROM event WHERE valid");
            sql.execute("CREATE OR REPLACE VIEW failed_events AS SELECT number, " + atomic(columns)
                    + ", session, title AS name, failures::JSON AS failures, parameters::JSON AS parameters,"
                    + " request::JSON AS request FROM event WHERE NOT valid");
            for (Column column : columns.json()) {
                sql.execute("CREATE OR REPLACE VIEW " + column.quoted() + " AS " + schema(column, columns));
            }
        }
    }

    private static String atomic(Columns columns) {
        List<String> fields = new ArrayList<>();
        for (String name : AtomicFields.NAMES) {
            Column column = Column.atomic(name);
            String quoted = column.quoted();
            if (!columns.has(name)) {
                fields.add("NULL::" + (isFingerprint(name) ? "VARCHAR" : column.type().sql) + " AS " + quoted);
            } else {
                fields.add(isFingerprint(name) ? "replace(" + quoted + "::VARCHAR, '-', '') AS " + quoted : quoted);
            }
        }
        return String.join(", ", fields);
    }

    private static boolean isFingerprint(String name) {
        return name.equals("event_fingerprint");
    }

    private static String json(Columns columns) {
        StringBuilder all = new StringBuilder();
        columns.json()
                .forEach(column -> all.append(", ")
                        .append(column.quoted())
                        .append("::JSON AS ")
                        .append(column.quoted()));
        return all.toString();
    }

    private static String schema(Column column, Columns columns) {
        boolean list = column.name().startsWith("contexts_");
        String rows = "SELECT number, event_id, collector_tstamp, app_id, "
                + (list ? "unnest(from_json(" + column.quoted() + ", '[\"JSON\"]'))" : column.quoted() + "::JSON")
                + " AS data FROM event WHERE valid AND " + column.quoted() + " IS NOT NULL";
        StringBuilder fields = new StringBuilder();
        for (String field : columns.fields(column.name())) {
            if (field.indexOf('"') < 0
                    && !List.of("number", "event_id", "collector_tstamp", "app_id", "data")
                            .contains(field)) {
                fields.append(", data ->> ")
                        .append(Column.literal("$.\"" + field + "\""))
                        .append(" AS ")
                        .append(Column.quoted(field));
            }
        }
        return "SELECT number, event_id, collector_tstamp, app_id, data" + fields + " FROM (" + rows + ")";
    }
}
