package dev.internalevents.collector.store.duckdb;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SQL that people type: one SELECT, in a transaction that cannot write, without the functions that reach outside of the
 * store or change anything. DuckDB's own parser says what a text is; what it cannot take apart is refused.
 */
public final class PeoplesSql {

    /** Seconds that a question may take. */
    public static final int SECONDS = 30;

    /** Functions in FROM that give rows of their arguments or of the catalogue; all others are refused. */
    private static final Set<String> TABLE_FUNCTIONS = Set.of(
            "range",
            "generate_series",
            "generate_subscripts",
            "unnest",
            "json_each",
            "regexp_split_to_table",
            "duckdb_columns",
            "duckdb_functions",
            "duckdb_keywords",
            "duckdb_tables",
            "duckdb_types",
            "duckdb_views",
            "icu_calendar_names",
            "pg_timezone_names");

    /**
     * Functions in expressions that change something, wait, say something about the machine, make much of little, or recurse
     * as deeply as their arguments are nested, on the stack of a thread of ours.
     */
    private static final Set<String> REFUSED_FUNCTIONS = Set.of(
            "add_parquet_key",
            "array_resize",
            "bitstring",
            "checkpoint",
            "current_connection_id",
            "current_query",
            "current_query_id",
            "current_setting",
            "current_transaction_id",
            "currval",
            "error",
            "force_checkpoint",
            "format",
            "from_json",
            "from_json_strict",
            "generate_series",
            "getenv",
            "getvariable",
            "inet_client_addr",
            "inet_client_port",
            "inet_server_addr",
            "inet_server_port",
            "json_contains",
            "json_deserialize_sql",
            "json_execute_serialized_sql",
            "json_merge_patch",
            "json_transform",
            "json_transform_strict",
            "list_resize",
            "lpad",
            "nextval",
            "pg_sleep",
            "printf",
            "query",
            "query_table",
            "range",
            "repeat",
            "rpad",
            "set_config",
            "setseed",
            "setval",
            "sleep_ms",
            "stats",
            "vector_type",
            "which_secret",
            "write_log");

    private static final Set<String> SELECT_NODES =
            Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");

    /** Characters of a question, at most. */
    private static final int MAX_LENGTH = 20_000;

    /** Brackets inside one another, at most: DuckDB's parser recurses on the stack of a thread of ours. */
    private static final int MAX_NESTING = 200;

    /** Questions at a time: they share DuckDB's memory with the thread that writes. */
    private static final Semaphore TURNS = new Semaphore(2);

    private static final int SECONDS_FOR_A_TURN = 10;

    private static final Pattern NODE = Pattern.compile("[A-Z_]*_NODE");

    private PeoplesSql() {}

    /** What is done with the rows. */
    @FunctionalInterface
    public interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Asks the store. Blocks, for half a minute at most.
     *
     * @param maxRows of the answer
     * @throws MalformedPayloadException saying what is wrong with the SQL
     */
    public static <T> T ask(DuckDbEventStore store, String sql, long maxRows, Rows<T> rows) {
        checkText(sql);
        try {
            if (!TURNS.tryAcquire(SECONDS_FOR_A_TURN, TimeUnit.SECONDS)) {
                throw new MalformedPayloadException("two other questions are being answered; ask again in a moment");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MalformedPayloadException("the collector is stopping");
        }
        try {
            return store.read(connection -> {
                try {
                    check(connection, sql);
                    return answer(connection, sql, maxRows, rows);
                } catch (SQLException e) {
                    throw new MalformedPayloadException(reason(e));
                }
            });
        } finally {
            TURNS.release();
        }
    }

    private static void checkText(String sql) {
        if (sql.length() > MAX_LENGTH) {
            throw new MalformedPayloadException(
                    "the SQL has " + sql.length() + " characters, expected " + MAX_LENGTH + " at most");
        }
        if (sql.indexOf('\0') >= 0) {
            throw new MalformedPayloadException("the SQL has a NUL character, which no SQL has");
        }
        // Also those in texts and comments: what is a text depends on the parser, and no question has so many.
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
            // It ends with the connection.
            begin.execute("BEGIN TRANSACTION READ ONLY");
        }
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            // The function takes one SELECT and nothing else, whatever is in the text.
            String only = "SELECT * FROM query(" + Column.literal(sql) + ") LIMIT " + maxRows;
            try (ResultSet found = statement.executeQuery(only)) {
                return rows.read(found);
            }
        }
    }

    private static void check(Connection connection, String sql) throws SQLException {
        Object tree;
        try (PreparedStatement parse = connection.prepareStatement("SELECT json_serialize_sql(?)::VARCHAR")) {
            parse.setQueryTimeout(SECONDS);
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
                            ? "only SELECT is allowed here (and no PIVOT): questions can change nothing"
                            : "the SQL cannot be read: " + firstLine(String.valueOf(answer.get("error_message"))));
        }
        List<?> statements = answer.get("statements") instanceof List<?> list ? list : List.of();
        if (statements.size() != 1) {
            throw new MalformedPayloadException("there are " + statements.size()
                    + " statements, expected one SELECT without a semicolon behind it");
        }
        walk(statements.get(0));
    }

    private static void walk(@Nullable Object node) {
        if (node instanceof List<?> list) {
            list.forEach(PeoplesSql::walk);
        } else if (node instanceof Map<?, ?> object) {
            Object type = object.get("type");
            if (type instanceof String name && NODE.matcher(name).matches() && !SELECT_NODES.contains(name)) {
                throw new MalformedPayloadException(
                        "only SELECT is allowed here, also inside WITH: questions can change nothing");
            }
            if ("TABLE_FUNCTION".equals(type) && object.get("function") instanceof Map<?, ?> function) {
                tableFunction(function);
            } else if ("FUNCTION".equals(object.get("class"))) {
                function(object);
            } else if ("BASE_TABLE".equals(type)) {
                table(object);
            }
            if ("variant".equalsIgnoreCase(String.valueOf(object.get("type_name")))) {
                throw new MalformedPayloadException("casts to VARIANT are not allowed here");
            }
            object.forEach((key, value) -> {
                // The function of a table function was looked at; its arguments are still to be.
                walk("function".equals(key) && value instanceof Map<?, ?> inner ? inner.get("arguments") : value);
            });
        }
    }

    private static void tableFunction(Map<?, ?> function) {
        String name = name(function);
        if (!TABLE_FUNCTIONS.contains(name)) {
            throw new MalformedPayloadException("the function " + name
                    + " is not allowed in FROM; the views are events, failed_events and one for each schema, and the"
                    + " functions " + TABLE_FUNCTIONS.stream().sorted().toList());
        }
    }

    private static void table(Map<?, ?> table) {
        String name = String.valueOf(table.get("table_name")).toLowerCase(Locale.ROOT);
        String schema = String.valueOf(table.get("schema_name")).toLowerCase(Locale.ROOT);
        boolean isOurs = schema.isEmpty() || schema.equals("main") || schema.equals("information_schema");
        boolean isOfTheMachine = name.startsWith("duckdb_") || name.startsWith("pragma_") || name.startsWith("pg_");
        if (!isOurs || (isOfTheMachine && !TABLE_FUNCTIONS.contains(name))) {
            throw new MalformedPayloadException("the table " + name + " is not allowed here; the views are events,"
                    + " failed_events, one for each schema, and those of information_schema");
        }
    }

    private static void function(Map<?, ?> function) {
        String name = name(function);
        if (REFUSED_FUNCTIONS.contains(name)
                || name.startsWith("internal_events")
                || name.startsWith("read_")
                || name.startsWith("variant")) {
            throw new MalformedPayloadException("the function " + name + " is not allowed here");
        }
    }

    private static String name(Map<?, ?> function) {
        return String.valueOf(function.get("function_name")).toLowerCase(Locale.ROOT);
    }

    /** In DuckDB's words, without the place in the statement around it and without anything of this program's inside. */
    private static String reason(SQLException e) {
        String message = String.valueOf(e.getMessage());
        int line = message.indexOf("\n\nLINE");
        String words = line < 0 ? message : message.substring(0, line);
        int trace = words.indexOf("\n\tat ");
        return trace < 0 ? words : firstLine(words);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
