package dev.internalevents.store.duckdb;

import dev.internalevents.store.EventQuery;
import dev.internalevents.store.SchemaColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The query language in SQL: the conditions and the order of an {@link EventQuery}. A column name is used only if the
 * store has that column; every value is a parameter.
 */
final class QuerySql {

    /**
     * Approximate maximum length of a regular expression; compiling and matching a much longer one needs too much
     * memory.
     */
    private static final int MAX_PATTERN_LENGTH = 8_000;

    /** The values of a filter as one parameter: an SQL list. */
    private record Values(String type, List<?> values) {}

    private final Columns columns;
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();

    QuerySql(EventQuery query, Columns columns) {
        this.columns = columns;
        String session = query.session();
        if (session != null) {
            conditions.add("(session = ? OR app_id = ?)");
            parameters.add(session);
            parameters.add(session);
        }
        if (!query.repeats()) {
            columns.once().ifPresent(conditions::add);
        }
        if (query.good() != null) {
            conditions.add(query.good() ? "valid" : "NOT valid");
        }
        if (query.beyond() > 0) {
            add("number > ?", query.beyond());
        }
        if (query.before() != Long.MAX_VALUE) {
            add("number < ?", query.before());
        }
        Instant from = query.from();
        if (from != null) {
            add("collector_tstamp >= ?", Sql.timestamp(from));
        }
        Instant to = query.to();
        if (to != null) {
            add("collector_tstamp < ?", Sql.timestamp(to));
        }
        String schema = query.schema();
        if (schema != null) {
            add("event_schema = ?", schema);
        }
        for (String context : query.contexts()) {
            add("contains(chr(10) || context_schemas || chr(10), ?)", "\n" + context + "\n");
        }
        query.filters().forEach(this::filter);
    }

    private void add(String condition, Object parameter) {
        conditions.add(condition);
        parameters.add(parameter);
    }

    private void filter(EventQuery.Filter filter) {
        Column column = columns.get(filter.column());
        int dot = filter.column().indexOf('.');
        if (filter.column().equals(EventQuery.TITLE) || (column != null && !isOwn(column))) {
            column(column == null ? new Column(EventQuery.TITLE, Column.Type.TEXT) : column, filter);
        } else if (dot > 0 && jsonOf(filter.column(), columns) != null) {
            json(filter, dot);
        } else {
            conditions.add("FALSE");
        }
    }

    private static boolean isOwn(Column column) {
        return Columns.OWN.contains(column);
    }

    private void column(Column column, EventQuery.Filter filter) {
        boolean number = column.type() == Column.Type.LONG || column.type() == Column.Type.DOUBLE;
        if (filter.contains()) {
            conditions.add(containing("lower(" + column.text() + ")", filter.values()));
        } else if (number) {
            conditions.add(equal(column.quoted(), "DOUBLE", numbers(filter.values())));
        } else {
            conditions.add(equal(column.text(), "VARCHAR", filter.values()));
        }
    }

    /** Returns the values that are numbers; a column of numbers equals no other. */
    private static List<Double> numbers(List<String> values) {
        List<Double> numbers = new ArrayList<>();
        for (String value : values) {
            try {
                numbers.add(Double.parseDouble(value));
            } catch (NumberFormatException e) {
                // Equals no number.
            }
        }
        return numbers;
    }

    private void json(EventQuery.Filter filter, int dot) {
        String json = jsonOf(filter.column(), columns);
        parameters.add(path(filter.column(), dot));
        String extracted = "json_extract_string(" + json + ", ?)";
        if (!SchemaColumns.isContexts(filter.column())) {
            conditions.add(
                    filter.contains()
                            ? containing("lower(" + extracted + ")", filter.values())
                            : equal(extracted, "VARCHAR", filter.values()));
        } else {
            // A lambda takes no subquery.
            String condition = filter.contains() ? containing("lower(x)", filter.values()) : listed(filter.values());
            conditions.add("len(list_filter(" + extracted + ", lambda x: " + condition + ")) > 0");
        }
    }

    /**
     * Returns the condition that an expression equals one of the values. Many values are one list, which DuckDB looks
     * up in a hash table; an OR for each of them takes DuckDB's optimizer minutes.
     */
    private String equal(String expression, String type, List<?> values) {
        if (values.isEmpty()) {
            return "FALSE";
        }
        if (values.size() == 1) {
            parameters.add(values.get(0));
            return expression + " = ?";
        }
        parameters.add(new Values(type, values));
        return expression + " IN (SELECT unnest(?::" + type + "[]))";
    }

    private String listed(List<String> values) {
        parameters.add(new Values("VARCHAR", values));
        return "list_contains(?::VARCHAR[], x)";
    }

    /**
     * Returns the condition that a text in lower case contains one of the values. The values are alternatives of one
     * regular expression, with which DuckDB searches each text once; those that are too long for it are searched one by
     * one.
     */
    private String containing(String text, List<String> values) {
        List<String> either = new ArrayList<>();
        StringBuilder pattern = new StringBuilder();
        List<String> lower =
                values.stream().map(value -> value.toLowerCase(Locale.ROOT)).toList();
        for (String value : lower) {
            if (lower.size() == 1 || value.isEmpty() || value.length() > MAX_PATTERN_LENGTH) {
                either.add("contains(" + text + ", ?)");
                parameters.add(value);
            } else {
                if (!pattern.isEmpty() && pattern.length() + value.length() > MAX_PATTERN_LENGTH) {
                    either.add(matching(text, pattern));
                }
                pattern.append(pattern.isEmpty() ? "" : "|");
                literally(value, pattern);
            }
        }
        if (!pattern.isEmpty()) {
            either.add(matching(text, pattern));
        }
        return either.isEmpty() ? "FALSE" : "(" + String.join(" OR ", either) + ")";
    }

    private String matching(String text, StringBuilder pattern) {
        parameters.add(pattern.toString());
        pattern.setLength(0);
        return "regexp_matches(" + text + ", ?)";
    }

    /** Appends the pattern that matches exactly this text. */
    private static void literally(String text, StringBuilder pattern) {
        text.codePoints().forEach(c -> {
            if (c >= 128 || Character.isLetterOrDigit(c)) {
                pattern.appendCodePoint(c);
            } else {
                pattern.append("\\x{").append(Integer.toHexString(c)).append('}');
            }
        });
    }

    /** Returns the path of a field: in each context of a list, or in the data of a self-describing event. */
    private static String path(String column, int dot) {
        String field = "\"" + column.substring(dot + 1) + "\"";
        return SchemaColumns.isContexts(column) ? "$[*]." + field : "$." + field;
    }

    /**
     * Returns the SQL expression for the JSON that contains {@code column.field}; null if no event has such a field.
     */
    private static @Nullable String jsonOf(String name, Columns columns) {
        int dot = name.indexOf('.');
        String column = dot < 0 ? name : name.substring(0, dot);
        return dot > 0 && columns.fields().has(column, name.substring(dot + 1)) ? columns.jsonExpression(column) : null;
    }

    String where() {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    /** Returns an expression by which events can be sorted or grouped; null for a column that does not exist. */
    static @Nullable String expression(String name, Columns columns) {
        Column column = columns.get(name);
        if (name.equals(EventQuery.TITLE)
                || (column != null && !isOwn(column) && !column.type().isOfSchema())) {
            return Column.quoted(name);
        }
        int dot = name.indexOf('.');
        String json = jsonOf(name, columns);
        if (json != null) {
            String path = Column.literal(path(name, dot));
            return SchemaColumns.isContexts(name)
                    ? "json_extract_string(" + json + ", " + path + ")[1]"
                    : "json_extract_string(" + json + ", " + path + ")";
        }
        return null;
    }

    static String order(EventQuery query, Columns columns) {
        String direction = query.descending() ? " DESC NULLS LAST" : " ASC NULLS FIRST";
        String sort = query.sort();
        String expression = sort == null ? null : expression(sort, columns);
        return " ORDER BY " + (expression == null ? "" : expression + direction + ", ") + "number" + direction;
    }

    /** Prepares a statement and sets the parameters of the conditions, followed by {@code more}. */
    PreparedStatement prepare(Connection connection, String sql, Object... more) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        int at = 1;
        for (Object parameter : parameters) {
            statement.setObject(
                    at++,
                    parameter instanceof Values list
                            ? connection.createArrayOf(
                                    list.type(), list.values().toArray())
                            : parameter);
        }
        for (Object parameter : more) {
            statement.setObject(at++, parameter);
        }
        return statement;
    }
}
