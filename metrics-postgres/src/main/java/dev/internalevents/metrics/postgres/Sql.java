package dev.internalevents.metrics.postgres;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Statements of one transaction. All values are parameters; lists are arrays, so that a statement's text is constant.
 */
final class Sql {

    /** The number of rows that one statement gets: {@value}. */
    static final int ROWS = 1_000;

    private final Connection connection;
    private final String prefix;

    Sql(Connection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
    }

    /** Prepares a statement, in which {@code $} stands for the beginning of the tables' names. */
    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql.replace("$", prefix));
    }

    /** Runs a query; the statement must be closed by the caller. */
    ResultSet query(PreparedStatement statement, Object... parameters) throws SQLException {
        set(statement, parameters);
        return statement.executeQuery();
    }

    /** Runs a statement, and returns how many rows it changed. */
    int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql)) {
            set(statement, parameters);
            return statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    /** Returns a column of rows as an array of PostgreSQL. */
    <R> Object texts(Collection<R> rows, Function<R, String> column) throws SQLException {
        return connection.createArrayOf("text", rows.stream().map(column).toArray(String[]::new));
    }

    <R> Object integers(Collection<R> rows, Function<R, Integer> column) throws SQLException {
        return connection.createArrayOf("int4", rows.stream().map(column).toArray(Integer[]::new));
    }

    <R> Object numbers(Collection<R> rows, Function<R, BigDecimal> column) throws SQLException {
        return connection.createArrayOf("numeric", rows.stream().map(column).toArray(BigDecimal[]::new));
    }

    <R> Object bytes(Collection<R> rows, Function<R, byte[]> column) throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    /** Something done with at most {@value #ROWS} rows. */
    interface Some<R> {
        void with(List<R> rows) throws SQLException;
    }

    /** Passes rows on in parts of at most {@value #ROWS}. */
    static <R> void inParts(Collection<R> rows, Some<R> some) throws SQLException {
        List<R> all = List.copyOf(rows);
        for (int from = 0; from < all.size(); from += ROWS) {
            some.with(all.subList(from, Math.min(all.size(), from + ROWS)));
        }
    }
}
