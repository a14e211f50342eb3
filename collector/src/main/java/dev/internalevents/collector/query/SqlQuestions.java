package dev.internalevents.collector.query;

import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.SqlQueries;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL that people type, on a separate connection: a single SELECT, which cannot change anything or access anything
 * outside the store, and runs for at most half a minute.
 */
public final class SqlQuestions {

    /** The maximum number of rows in an answer: {@value}. */
    public static final int MAX_ROWS = 10_000;

    /** The approximate maximum size of an answer in bytes: {@value}. */
    public static final int MAX_BYTES = 16 << 20;

    private SqlQuestions() {}

    /**
     * Returns {@code {"columns":[…],"rows":[[…],…],"truncated":false}}. {@code truncated} is true if there are more
     * than {@value #MAX_ROWS} rows or about {@value #MAX_BYTES} bytes, or if a value is longer than
     * {@link SqlQueries#valueLength}; such a value is cut and marked as cut.
     *
     * @throws MalformedPayloadException if the SQL is not valid, or the store does not support SQL
     */
    public static AnswerText answer(EventStore store, String sql, AnswerMemory memory) {
        SqlQueries queries = store.sql()
                .orElseThrow(
                        () -> new MalformedPayloadException("this collector keeps events in memory, without SQL; start"
                                + " it with --storage DIR, or use: internal-events collector"));
        memory.check();
        return queries.ask(sql, MAX_ROWS + 1, rows -> json(queries, rows, new AnswerText(memory)));
    }

    private static AnswerText json(SqlQueries queries, ResultSet rows, AnswerText text) throws SQLException {
        try {
            ResultSetMetaData columns = rows.getMetaData();
            int count = columns.getColumnCount();
            text.json().beginObject().name("columns").beginArray();
            for (int i = 1; i <= count; i++) {
                text.json().string(columns.getColumnLabel(i));
            }
            text.json().endArray().name("rows").beginArray();
            boolean more = rows(queries, rows, count, text);
            text.json().endArray().name("truncated").bool(more).endObject();
            return text.end();
        } catch (SQLException | RuntimeException | Error e) {
            text.release();
            throw e;
        }
    }

    /** Writes rows up to the limits of rows and bytes; returns whether anything was left out. */
    private static boolean rows(SqlQueries queries, ResultSet rows, int columns, AnswerText text) throws SQLException {
        int max = queries.valueLength(columns);
        boolean cut = false;
        for (int count = 0; rows.next(); count++) {
            if (count == MAX_ROWS || text.length() >= MAX_BYTES) {
                return true;
            }
            List<@Nullable Object> row = new ArrayList<>(columns);
            long left = MAX_BYTES - text.length();
            for (int i = 1; i <= columns; i++) {
                Object value = value(rows.getObject(i));
                if (value instanceof String string && (string.length() >= max || string.length() > left)) {
                    // Cut a value of the first row to what fits; leave out any other row that does not fit.
                    if (count > 0 && string.length() > left) {
                        return true;
                    }
                    value = shortened(string, (int) Math.max(0, Math.min(left, max)));
                    cut = true;
                }
                left -= value instanceof String string ? string.length() : 1;
                row.add(value);
            }
            text.value(row);
        }
        return cut;
    }

    private static String shortened(String text, int chars) {
        return text.substring(0, Math.min(chars, text.length())) + "… (cut after " + chars
                + " characters; use substr())";
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
