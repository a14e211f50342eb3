package dev.internalevents.store.duckdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Runs statements with parameters, and reads the rows of queries. */
final class Sql {

    private Sql() {}

    /** Reads one row of a result. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Consumes one row of a result. */
    @FunctionalInterface
    interface Each {
        void accept(ResultSet row) throws SQLException;
    }

    static <T> List<T> list(Connection connection, String query, Row<T> row, Object... parameters) throws SQLException {
        List<T> list = new ArrayList<>();
        forEach(connection, query, found -> list.add(row.read(found)), parameters);
        return list;
    }

    /** Returns the first row; empty if there is none. */
    static <T> Optional<T> first(Connection connection, String query, Row<T> row, Object... parameters)
            throws SQLException {
        try (PreparedStatement sql = prepared(connection, query, parameters);
                ResultSet found = sql.executeQuery()) {
            return found.next() ? Optional.of(row.read(found)) : Optional.empty();
        }
    }

    static void forEach(Connection connection, String query, Each each, Object... parameters) throws SQLException {
        try (PreparedStatement sql = prepared(connection, query, parameters);
                ResultSet found = sql.executeQuery()) {
            while (found.next()) {
                each.accept(found);
            }
        }
    }

    /** Executes a statement; returns the number of rows it changed. */
    static long execute(Connection connection, String statement, Object... parameters) throws SQLException {
        try (PreparedStatement sql = prepared(connection, statement, parameters)) {
            return sql.executeLargeUpdate();
        }
    }

    /** Reads the first column of a row; empty if it is null. */
    static Optional<Long> optionalLong(ResultSet row) throws SQLException {
        long value = row.getLong(1);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** Returns a time as DuckDB's columns store it: in UTC, without a zone. */
    static Object timestamp(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    /** Returns the SQL expression for a time, for places that do not allow a parameter. */
    static String timestampLiteral(Instant time) {
        return "make_timestamp(" + time.toEpochMilli() + "000)";
    }

    /**
     * Returns the condition that a column is one of some numbers. DuckDB skips row groups that contain none of them.
     */
    static String isIn(String column, Collection<Long> numbers) {
        return column + " IN (SELECT unnest(["
                + numbers.stream().map(String::valueOf).collect(Collectors.joining(",")) + "]::BIGINT[]))";
    }

    /** Returns ids as a list of SQL literals. Safe to embed: UUIDs consist of hexadecimal digits and hyphens. */
    static String literals(Collection<UUID> ids) {
        return ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
    }
}
