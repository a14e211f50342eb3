package dev.internalevents.store.duckdb;

import dev.internalevents.store.SchemaColumns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The columns in which GitLab's contexts and self-describing events name a person. */
final class PersonColumns {

    /** What the column names of all models of the schema begin with. */
    static final List<String> PREFIXES = SchemaColumns.prefixes("com.gitlab", "gitlab_standard");

    private final Columns columns;

    PersonColumns(Columns columns) {
        this.columns = columns;
    }

    /** Returns the column names of all models of the schema, with or without a column of their own. */
    Set<String> names(Connection connection) throws SQLException {
        Set<String> names = new TreeSet<>(columns.jsonNames());
        names.addAll(Sql.list(
                connection,
                "SELECT DISTINCT unnest(json_keys(" + Columns.MORE + ")) FROM event WHERE contains(" + Columns.MORE
                        + ", '_com_gitlab_gitlab_standard_')",
                name -> name.getString(1)));
        names.removeIf(name -> PREFIXES.stream().noneMatch(name::startsWith));
        return names;
    }

    /**
     * Returns a query for the numbers of events with a field in such a column, and the field's values as {@code id}.
     */
    String values(String name, String field) {
        String json = columns.dataOf(name);
        String value = SchemaColumns.isContexts(name)
                ? "unnest(json_extract_string(" + json + ", '$[*]." + field + "'))"
                : "json_extract_string(" + json + ", '$." + field + "')";
        return "SELECT number, " + value + " AS id FROM event WHERE " + json + " IS NOT NULL";
    }
}
