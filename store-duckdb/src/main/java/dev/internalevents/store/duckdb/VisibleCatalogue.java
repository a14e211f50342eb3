package dev.internalevents.store.duckdb;

import dev.internalevents.protocol.MalformedPayloadException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What users' SQL sees of the catalogue: the store's views and their columns, and not the tables that the views are
 * made of. References to DuckDB's own catalogue are replaced by temporary views of the connection.
 */
final class VisibleCatalogue {

    private static final Pattern SHOW_TABLES = Pattern.compile("(?i)\\s*SHOW\\s+(ALL\\s+)?TABLES\\s*");
    private static final String LIST = "SELECT view_name AS name FROM duckdb_views() ORDER BY name";

    private static final Set<String> LISTS = Set.of(
            "tables", "databases", "schemas", "variables", "__show_tables_expanded", "__show_tables_from_database");
    private static final String SUGGESTION = "\nDid you mean \"";
    private static final String PREFIX = "visible_";
    private static final String OURS = " WHERE database_name = current_database() AND NOT internal";
    private static final String VIEWS = "(SELECT view_name FROM duckdb_views()" + OURS + ")";

    /** The catalogue's relations that users see a part of, by the name of the temporary view. */
    private static final Map<String, String> RELATIONS = Map.of(
            "visible_duckdb_views",
            "SELECT * FROM duckdb_views()" + OURS,
            "visible_duckdb_tables",
            "SELECT * FROM duckdb_tables() WHERE false",
            "visible_duckdb_columns",
            "SELECT * FROM duckdb_columns()" + OURS + " AND table_name IN " + VIEWS,
            "visible_tables",
            "SELECT * FROM information_schema.tables WHERE table_catalog = current_database() AND table_name IN "
                    + VIEWS,
            "visible_columns",
            "SELECT * FROM information_schema.columns WHERE table_catalog = current_database() AND table_name IN "
                    + VIEWS);

    /** The names that users' SQL must not read: the store's tables, and DuckDB's views of the catalogue. */
    private static final String HIDDEN = "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
            + " UNION SELECT view_name FROM duckdb_views() WHERE internal AND schema_name IN ('main', 'pg_catalog')";

    private final Connection connection;
    private final Set<String> hidden;
    private final Set<String> ctes = new HashSet<>();
    private boolean isUsed;

    private VisibleCatalogue(Connection connection, Set<String> hidden) {
        this.connection = connection;
        this.hidden = hidden;
    }

    static VisibleCatalogue of(Connection connection) throws SQLException {
        Set<String> hidden = new HashSet<>();
        try (Statement sql = connection.createStatement();
                ResultSet names = sql.executeQuery(HIDDEN)) {
            while (names.next()) {
                hidden.add(names.getString(1).toLowerCase(Locale.ROOT));
            }
        }
        return new VisibleCatalogue(connection, hidden);
    }

    /** Returns the SQL that lists the views for {@code SHOW TABLES}, and any other SQL as it is. */
    static String expanded(String sql) {
        return SHOW_TABLES.matcher(sql).matches() ? LIST : sql;
    }

    /** Returns whether the last call of {@link #seen} has replaced a relation, so that its result is to be run. */
    boolean isUsed() {
        return isUsed;
    }

    /**
     * Returns a statement in which the catalogue's relations are replaced by what users see of them, and creates that.
     *
     * @param statement the statement as DuckDB's parser returns it
     * @throws MalformedPayloadException if it reads what is hidden
     */
    @Nullable
    Object seen(@Nullable Object statement) throws SQLException {
        ctes(statement);
        Object seen = replaced(statement);
        if (isUsed) {
            try (Statement sql = connection.createStatement()) {
                for (Map.Entry<String, String> relation : RELATIONS.entrySet()) {
                    sql.execute("CREATE OR REPLACE TEMP VIEW " + relation.getKey() + " AS " + relation.getValue());
                }
            }
        }
        return seen;
    }

    private void ctes(@Nullable Object node) {
        if (node instanceof List<?> list) {
            list.forEach(this::ctes);
        } else if (node instanceof Map<?, ?> object) {
            if (object.get("cte_map") instanceof Map<?, ?> map && map.get("map") instanceof List<?> all) {
                all.forEach(one -> ctes.add(lower(one instanceof Map<?, ?> entry ? entry.get("key") : null)));
            }
            object.values().forEach(this::ctes);
        }
    }

    private @Nullable Object replaced(@Nullable Object node) {
        if (node instanceof List<?> list) {
            List<@Nullable Object> all = new ArrayList<>(list.size());
            list.forEach(one -> all.add(replaced(one)));
            return all;
        }
        if (!(node instanceof Map<?, ?> object)) {
            return node;
        }
        if ("BASE_TABLE".equals(object.get("type"))) {
            return table(object);
        } else if ("SHOW_REF".equals(object.get("type"))) {
            checkShown(lower(object.get("table_name")).replace("\"", ""));
        } else if ("TABLE_FUNCTION".equals(object.get("type"))
                && object.get("function") instanceof Map<?, ?> function) {
            String name = lower(function.get("function_name"));
            if (RELATIONS.containsKey(PREFIX + name)) {
                return relation(object, name);
            }
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        object.forEach((key, value) -> copy.put(String.valueOf(key), replaced(value)));
        return copy;
    }

    private Map<String, @Nullable Object> table(Map<?, ?> table) {
        String name = lower(table.get("table_name"));
        String schema = lower(table.get("schema_name"));
        if (RELATIONS.containsKey(PREFIX + name)
                && (schema.equals("information_schema") || name.startsWith("duckdb_"))) {
            return relation(table, name);
        }
        if (schema.equals("information_schema")) {
            throw new MalformedPayloadException("information_schema." + name
                    + " is not allowed here; allowed: information_schema.tables and information_schema.columns");
        }
        checkVisible(name);
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        table.forEach((key, value) -> copy.put(String.valueOf(key), replaced(value)));
        return copy;
    }

    /** Rejects DuckDB's lists, also within a query; {@link #expanded} has replaced the statement. */
    private void checkShown(String name) {
        if (LISTS.contains(name)) {
            throw new MalformedPayloadException(
                    "SHOW is not allowed within a query; SHOW TABLES alone lists the views, as duckdb_views() does");
        }
        checkVisible(name);
    }

    private void checkVisible(String name) {
        if (hidden.contains(name)) {
            throw new MalformedPayloadException(
                    ctes.contains(name)
                            ? "WITH " + name + ": a table of the store has this name; choose another one"
                            : "the table " + name + " is not allowed here; the views are events, failed_events and one"
                                    + " for each schema: SHOW TABLES lists them");
        }
    }

    /** Returns the reference to a temporary view instead of a relation of the catalogue, under the same name. */
    private Map<String, @Nullable Object> relation(Map<?, ?> reference, String name) {
        isUsed = true;
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("type", "BASE_TABLE");
        String alias = String.valueOf(reference.get("alias"));
        view.put("alias", alias.isEmpty() || alias.equals("null") ? name : alias);
        view.put("sample", replaced(reference.get("sample")));
        view.put("query_location", reference.get("query_location"));
        view.put("schema_name", "main");
        view.put("table_name", PREFIX + name);
        Object columns = reference.get("column_name_alias");
        view.put("column_name_alias", columns == null ? List.of() : columns);
        view.put("catalog_name", "temp");
        return view;
    }

    private static String lower(@Nullable Object text) {
        return text == null ? "" : text.toString().toLowerCase(Locale.ROOT);
    }

    /** Returns DuckDB's message about an unknown table without suggestions that users' SQL cannot read. */
    String withoutHidden(String message) {
        int at = message.indexOf(SUGGESTION);
        int end = at < 0 ? -1 : message.indexOf('"', at + SUGGESTION.length());
        if (end < 0) {
            return message;
        }
        List<String> names = new ArrayList<>();
        for (String name : message.substring(at + SUGGESTION.length(), end).split(" or |, ", -1)) {
            if (!hidden.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
                names.add(name);
            }
        }
        return message.substring(0, at)
                + (names.isEmpty()
                        ? "\nThe views are events, failed_events and one for each schema: SHOW TABLES lists them"
                        : SUGGESTION + String.join(" or ", names) + "\"?");
    }
}
