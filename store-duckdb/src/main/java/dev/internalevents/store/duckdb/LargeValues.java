package dev.internalevents.store.duckdb;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Stores values that are too large for a column. DuckDB allocates memory for all values of a vector of 2,048 rows at
 * once, so large values are compressed and stored in parts, in a separate table. They are read with their event, and
 * views do not contain them.
 */
final class LargeValues {

    /** Size of a part in bytes, so that a vector of parts takes at most 32 MB. */
    static final int PART_BYTES = 16 << 10;

    private static final int PARTS_AT_A_TIME = 256;

    private LargeValues() {}

    /** A value of a row. */
    record Value(long number, String column, byte[] bytes) {}

    static void create(Statement sql) throws SQLException {
        sql.execute("CREATE TABLE IF NOT EXISTS large_value(number BIGINT, column_name VARCHAR, part INTEGER,"
                + " length INTEGER, bytes BLOB)");
    }

    /** Splits a value into parts that are small enough for any table. */
    static List<byte[]> parts(byte[] bytes) {
        List<byte[]> parts = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += PART_BYTES) {
            parts.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PART_BYTES)));
        }
        return parts;
    }

    /** Writes values in the open transaction. */
    static void write(Connection connection, List<Value> values) throws SQLException {
        if (values.isEmpty()) {
            return;
        }
        try (PreparedStatement sql = connection.prepareStatement("INSERT INTO large_value VALUES (?, ?, ?, ?, ?)")) {
            int waiting = 0;
            for (Value value : values) {
                int part = 0;
                for (byte[] bytes : parts(deflated(value.bytes()))) {
                    sql.setLong(1, value.number());
                    sql.setString(2, value.column());
                    sql.setInt(3, part++);
                    sql.setInt(4, value.bytes().length);
                    sql.setBytes(5, bytes);
                    sql.addBatch();
                    if (++waiting == PARTS_AT_A_TIME) {
                        sql.executeBatch();
                        waiting = 0;
                    }
                }
            }
            if (waiting > 0) {
                sql.executeBatch();
            }
        }
    }

    /** Returns the large values of an event by column. */
    static Map<String, byte[]> read(Connection connection, long number) throws SQLException {
        Map<String, ByteArrayOutputStream> parts = new HashMap<>();
        Map<String, Integer> lengths = new HashMap<>();
        try (Statement sql = connection.createStatement();
                ResultSet found = sql.executeQuery("SELECT column_name, length, bytes FROM large_value WHERE number = "
                        + number + " ORDER BY column_name, part")) {
            while (found.next()) {
                parts.computeIfAbsent(found.getString(1), name -> new ByteArrayOutputStream())
                        .writeBytes(found.getBytes(3));
                lengths.put(found.getString(1), found.getInt(2));
            }
        }
        Map<String, byte[]> values = new HashMap<>();
        for (Map.Entry<String, ByteArrayOutputStream> one : parts.entrySet()) {
            values.put(one.getKey(), inflated(one.getValue().toByteArray(), lengths.getOrDefault(one.getKey(), 0)));
        }
        return values;
    }

    /** Removes values whose row no longer exists, in the open transaction. */
    static void removeOrphans(Statement sql) throws SQLException {
        sql.execute("DELETE FROM large_value WHERE number NOT IN (SELECT number FROM event)");
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
            byte[] buffer = new byte[PART_BYTES];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflated(byte[] bytes, int length) throws SQLException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            byte[] whole = new byte[length];
            int at = 0;
            while (at < length) {
                int n = inflater.inflate(whole, at, length - at);
                if (n == 0) {
                    throw new SQLException("a large value of the store is shorter than its recorded length");
                }
                at += n;
            }
            return whole;
        } catch (DataFormatException e) {
            throw new SQLException("a large value of the store is damaged", e);
        } finally {
            inflater.end();
        }
    }
}
