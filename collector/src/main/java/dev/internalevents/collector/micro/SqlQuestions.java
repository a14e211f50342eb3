package dev.internalevents.collector.micro;

import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.duckdb.DuckDbEventStore;
import dev.internalevents.collector.store.duckdb.PeoplesSql;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.MalformedPayloadException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * SQL that people type, on a connection of its own: one SELECT, which can change nothing and reach nothing outside of the
 * store, for half a minute at most.
 */
public final class SqlQuestions {

    /** Rows of an answer, at most: {@value}. */
    public static final int MAX_ROWS = 10_000;

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
        return PeoplesSql.ask(duckDb, sql, MAX_ROWS + 1, SqlQuestions::json);
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
