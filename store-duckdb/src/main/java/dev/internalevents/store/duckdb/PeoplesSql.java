package dev.internalevents.store.duckdb;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.ReadLimit;
import dev.internalevents.store.SchemaColumns;
import dev.internalevents.store.SqlQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL written by users: one SELECT, in a read-only transaction, with no functions except {@link AllowedFunctions}.
 * The text is checked with DuckDB's own parser; text that it cannot parse is rejected.
 */
final class PeoplesSql implements SqlQueries {

    /** Time limit of a query in seconds if the calling thread has no {@link ReadLimit}. */
    private static final int SECONDS = ReadLimit.SECONDS;

    private static final Set<String> SELECT_NODES =
            Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");

    /** Maximum length of a query in characters. */
    private static final int MAX_LENGTH = 20_000;

    /** Maximum nesting of brackets: DuckDB's parser recurses on the stack of the calling thread. */
    private static final int MAX_NESTING = 200;

    /** Limits concurrent queries, which share DuckDB's memory with the writing thread. */
    private static final Semaphore TURNS = new Semaphore(2);

    private static final int SECONDS_FOR_A_TURN = 10;

    /** Maximum length of all values of a row together, in characters. */
    private static final int MAX_ROW_LENGTH = 32 << 20;

    private static final int MIN_VALUE_LENGTH = 256 << 10;

    /** Types whose values take only a few bytes. */
    private static final Pattern FIXED = Pattern.compile(
            "U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|BOOLEAN|FLOAT|DOUBLE|UUID|DATE|INTERVAL|DECIMAL\\([0-9,]+\\)"
                    + "|TIME.*");

    private static final String UNKNOWN_TABLE = "Catalog Error: Table with name ";

    private static final Pattern NODE = Pattern.compile("[A-Z_]*_NODE");

    private final Database database;

    PeoplesSql(Database database) {
        this.database = database;
    }

    @Override
    public <T> T ask(String sql, long maxRows, Rows<T> rows) {
        checkText(sql);
        try {
            if (!TURNS.tryAcquire(SECONDS_FOR_A_TURN, TimeUnit.SECONDS)) {
                throw new BusyException("two other queries are running; try again in a moment");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException("the collector is stopping; try again when it has started");
        }
        try {
            return database.readAlone(connection -> {
                VisibleCatalogue catalogue = VisibleCatalogue.of(connection);
                try {
                    String checked = checked(connection, catalogue, VisibleCatalogue.expanded(sql));
                    return answer(connection, checked, maxRows, rows);
                } catch (SQLException e) {
                    checkStopped(e);
                    throw new MalformedPayloadException(reason(e, catalogue));
                }
            });
        } finally {
            TURNS.release();
        }
    }

    /** Rethrows the exception if the query was stopped and its SQL may be valid; {@link Database} reports why. */
    private static void checkStopped(SQLException e) throws SQLException {
        ReadLimit limit = ReadLimit.current();
        if (limit != null && limit.isOver()) {
            throw e;
        }
    }

    private static void checkText(String sql) {
        if (sql.length() > MAX_LENGTH) {
            throw new MalformedPayloadException(
                    "the SQL has " + sql.length() + " characters, expected " + MAX_LENGTH + " at most");
        }
        if (sql.indexOf('\0') >= 0) {
            throw new MalformedPayloadException("the SQL contains a NUL character; remove it");
        }
        // Brackets in literals and comments count too: only the parser tells them apart, and no query has so many.
        int depth = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if (c == ')' || c == ']' || c == '}') {
                depth = Math.max(0, depth - 1);
            }
            if (depth > MAX_NESTING) {
                throw new MalformedPayloadException(
                        "the SQL has brackets more than " + MAX_NESTING + " levels deep; expected fewer");
            }
        }
    }

    private static <T> T answer(Connection connection, String sql, long maxRows, Rows<T> rows) throws SQLException {
        try (Statement begin = connection.createStatement()) {
            // The transaction ends with the connection.
            begin.execute("BEGIN TRANSACTION READ ONLY");
        }
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(ReadLimit.current() == null ? SECONDS : 0);
            // query() accepts only one SELECT, whatever the text contains.
            String only = " FROM query(" + Column.literal(sql) + ") LIMIT " + maxRows;
            try (ResultSet found = statement.executeQuery("SELECT " + columns(connection, only) + only)) {
                return rows.read(found);
            }
        }
    }

    /** Returns a select list that truncates values inside DuckDB, so that the result stays within the limits. */
    private static String columns(Connection connection, String from) throws SQLException {
        try (PreparedStatement question = connection.prepareStatement("SELECT *" + from)) {
            ResultSetMetaData columns = question.getMetaData();
            int count = columns.getColumnCount();
            int maxLength = valueLengthFor(count);
            List<String> all = new ArrayList<>(count);
            for (int i = 1; i <= count; i++) {
                all.add(column(i, columns, maxLength));
            }
            return String.join(", ", all);
        }
    }

    private static String column(int at, ResultSetMetaData columns, int maxLength) throws SQLException {
        String type = columns.getColumnTypeName(at);
        String name = " AS " + Column.quoted(columns.getColumnLabel(at));
        if (type.equals("BLOB")) {
            return "left(hex(#" + at + "), " + maxLength + ")" + name;
        }
        return FIXED.matcher(type).matches() ? "#" + at + name : "left(#" + at + "::VARCHAR, " + maxLength + ")" + name;
    }

    @Override
    public int valueLength(int columns) {
        return valueLengthFor(columns);
    }

    private static int valueLengthFor(int columns) {
        return Math.max(MIN_VALUE_LENGTH, MAX_ROW_LENGTH / Math.max(1, columns));
    }

    /** Returns the statement to run: the given one, or one that sees only the visible part of the catalogue. */
    private static String checked(Connection connection, VisibleCatalogue catalogue, String sql) throws SQLException {
        Object tree;
        try (PreparedStatement parse = connection.prepareStatement("SELECT json_serialize_sql(?)::VARCHAR")) {
            parse.setQueryTimeout(ReadLimit.current() == null ? SECONDS : 0);
            parse.setString(1, sql);
            try (ResultSet parsed = parse.executeQuery()) {
                parsed.next();
                tree = Json.parse(parsed.getString(1));
            }
        }
        if (!(tree instanceof Map<?, ?> answer)) {
            throw new MalformedPayloadException("the SQL cannot be read");
        }
        if (Boolean.TRUE.equals(answer.get("error"))) {
            boolean other = "not implemented".equals(answer.get("error_type"));
            throw new MalformedPayloadException(
                    other
                            ? "only SELECT is allowed here (and no PIVOT): queries cannot change data"
                            : "the SQL cannot be read: " + firstLine(String.valueOf(answer.get("error_message"))));
        }
        List<?> statements = answer.get("statements") instanceof List<?> list ? list : List.of();
        if (statements.size() != 1) {
            throw new MalformedPayloadException(
                    "there are " + statements.size() + " statements, expected one SELECT without a trailing semicolon");
        }
        walk(statements.get(0));
        TextGrowth.check(statements.get(0));
        Object seen = catalogue.seen(statements.get(0));
        return catalogue.isUsed() ? text(connection, seen) : sql;
    }

    private static String text(Connection connection, @Nullable Object statement) throws SQLException {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("error", false);
        tree.put("statements", statement == null ? List.of() : List.of(statement));
        try (PreparedStatement write = connection.prepareStatement("SELECT json_deserialize_sql(?::JSON)")) {
            write.setString(1, Json.write(tree));
            try (ResultSet written = write.executeQuery()) {
                written.next();
                return written.getString(1);
            }
        }
    }

    private static void walk(@Nullable Object node) {
        if (node instanceof List<?> list) {
            list.forEach(PeoplesSql::walk);
        } else if (node instanceof Map<?, ?> object) {
            Object type = object.get("type");
            if (type instanceof String name && NODE.matcher(name).matches() && !SELECT_NODES.contains(name)) {
                throw new MalformedPayloadException(
                        "only SELECT is allowed here, also inside WITH: queries cannot change data");
            }
            if ("TABLE_FUNCTION".equals(type) && object.get("function") instanceof Map<?, ?> function) {
                tableFunction(function);
            } else if ("FUNCTION".equals(object.get("class")) || "WINDOW".equals(object.get("class"))) {
                function(object);
            } else if ("BASE_TABLE".equals(type)) {
                table(object);
            }
            if ("variant".equalsIgnoreCase(String.valueOf(object.get("type_name")))) {
                throw new MalformedPayloadException("casts to VARIANT are not allowed here");
            }
            object.forEach((key, value) -> {
                // A table function's name was checked above; its arguments have yet to be.
                walk("function".equals(key) && value instanceof Map<?, ?> inner ? inner.get("arguments") : value);
            });
        }
    }

    private static void tableFunction(Map<?, ?> function) {
        String name = name(function);
        if (!AllowedFunctions.OF_TABLES.contains(name)) {
            throw new MalformedPayloadException("the function " + name
                    + " is not allowed in FROM; the views are events, failed_events and one for each schema, and the"
                    + " functions "
                    + AllowedFunctions.OF_TABLES.stream().sorted().toList());
        }
    }

    private static void table(Map<?, ?> table) {
        String name = String.valueOf(table.get("table_name")).toLowerCase(Locale.ROOT);
        String schema = String.valueOf(table.get("schema_name")).toLowerCase(Locale.ROOT);
        boolean isOurs = schema.isEmpty() || schema.equals("main") || schema.equals("information_schema");
        boolean isOfTheMachine = name.startsWith("duckdb_") || name.startsWith("pragma_") || name.startsWith("pg_");
        if (!isOurs || (isOfTheMachine && !AllowedFunctions.OF_TABLES.contains(name))) {
            throw new MalformedPayloadException("the table " + name + " is not allowed here; the views are events,"
                    + " failed_events and one for each schema: SHOW TABLES lists them");
        }
    }

    private static void function(Map<?, ?> function) {
        String name = name(function);
        if (!AllowedFunctions.ofValues(name)) {
            throw new MalformedPayloadException("the function " + name + " is not allowed here");
        }
    }

    private static String name(Map<?, ?> function) {
        return String.valueOf(function.get("function_name")).toLowerCase(Locale.ROOT);
    }

    /**
     * Returns DuckDB's message, without the position in the enclosing statement and without a stack trace of this
     * program.
     */
    private static String reason(SQLException e, VisibleCatalogue catalogue) {
        String message = String.valueOf(e.getMessage());
        if (message.startsWith("INTERRUPT Error")) {
            return "the query took more than " + SECONDS + " s and was cancelled; select less, or narrow it with WHERE";
        }
        if (message.startsWith(UNKNOWN_TABLE) && SchemaColumns.isOfSchema(message.substring(UNKNOWN_TABLE.length()))) {
            return firstLine(message)
                    + " There is no event of this schema yet, or its view has another name: SHOW TABLES lists the views";
        }
        int line = message.indexOf("\n\nLINE");
        String words = catalogue.withoutHidden(line < 0 ? message : message.substring(0, line));
        int trace = words.indexOf("\n\tat ");
        return trace < 0 ? words : firstLine(words);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
