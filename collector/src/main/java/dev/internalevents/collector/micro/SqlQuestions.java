package dev.internalevents.collector.micro;

import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.duckdb.DuckDbEventStore;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.MalformedPayloadException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * SQL that people type, on a connection of its own: one SELECT, which can change nothing and reach nothing outside of the
 * store, for half a minute at most.
 */
public final class SqlQuestions {

    /** Rows of an answer, at most: {@value}. */
    public static final int MAX_ROWS = 10_000;

    private static final int SECONDS = 30;

    private SqlQuestions() {}

    /**
     * Answers {@code {"columns":[…],"rows":[[…],…],"truncated":false}}.
     *
     * @throws MalformedPayloadException saying what is wrong with the SQL, or that the store knows none
     */
    public static JsonWriter answer(EventStore store, String sql) {
        if (!(store instanceof DuckDbEventStore duckDb)) {
            throw new MalformedPayloadException("this collector keeps events in memory, where there is no SQL; start"
                    + " it with --storage DIR, or use: internal-events collector");
        }
        return duckDb.read(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(SECONDS);
                // The function takes one SELECT and nothing else, whatever is in the text.
                String only = "SELECT * FROM query('" + sql.replace("'", "''") + "') LIMIT " + (MAX_ROWS + 1);
                try (ResultSet rows = statement.executeQuery(only)) {
                    return json(rows);
                }
            } catch (SQLException e) {
                throw new MalformedPayloadException(reason(e));
            }
        });
    }

    private static String reason(SQLException e) {
        String message = String.valueOf(e.getMessage());
        int line = message.indexOf("\n\nLINE");
        return line < 0 ? message : message.substring(0, line);
    }

    private static JsonWriter json(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int count = columns.getColumnCount();
        JsonWriter json = new JsonWriter(4096).beginObject().name("columns").beginArray();
        for (int i = 1; i <= count; i++) {
            json.string(columns.getColumnLabel(i));
        }
        json.endArray().name("rows").beginArray();
        int given = 0;
        boolean more = false;
        while (rows.next()) {
            if (given == MAX_ROWS) {
                more = true;
                break;
            }
            given++;
            json.beginArray();
            for (int i = 1; i <= count; i++) {
                json.value(value(rows.getObject(i)));
            }
            json.endArray();
        }
        return json.endArray().name("truncated").bool(more).endObject();
    }

    private static @Nullable Object value(@Nullable Object value) {
        boolean plain = value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer
                || value instanceof BigDecimal
                || value instanceof BigInteger;
        if (plain) {
            return value;
        }
        return value instanceof Double || value instanceof Float || value instanceof Short || value instanceof Byte
                ? value
                : String.valueOf(value);
    }
}
