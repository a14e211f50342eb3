package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.BrokenCounterException;
import dev.internalevents.metrics.Counter;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads counters, each call in one statement. Safe for use by several threads. */
final class CounterReader {

    private static final String CELLS = " JOIN unnest(?::text[], ?::int[]) AS k (counter, week) USING (counter, week)";

    private final PostgresConnection postgres;
    private final String store;

    /** @param store the name for messages */
    CounterReader(PostgresConnection postgres, String store) {
        this.postgres = postgres;
        this.store = store;
    }

    /** As {@link dev.internalevents.metrics.MetricStore#count}. */
    BigDecimal count(Collection<Counter> counters, int[] weeks) {
        List<Cell> cells = Cell.of(counters, weeks);
        return postgres.read(BigDecimal.ZERO, sql -> {
            try (PreparedStatement statement = sql.prepare("SELECT sum(amount)::text FROM $count" + CELLS);
                    ResultSet row = query(sql, statement, cells)) {
                String sum = row.next() ? row.getString(1) : null;
                return sum == null ? BigDecimal.ZERO : number(sum, counters);
            }
        });
    }

    /** As {@link dev.internalevents.metrics.MetricStore#unique}. */
    long unique(Collection<Counter> counters, int[] weeks) {
        List<Cell> cells = Cell.of(counters, weeks);
        return postgres.read(0L, sql -> {
            try {
                return UniqueRows.count(sql, cells);
            } catch (IllegalArgumentException e) {
                throw broken("unique", counters, String.valueOf(e.getMessage()));
            }
        });
    }

    /** As {@link dev.internalevents.metrics.MetricStore#totalsBy}. */
    Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
        List<Cell> cells = Cell.of(counters, weeks);
        return postgres.read(Map.of(), sql -> {
            Map<String, Long> totals = new HashMap<>();
            try (PreparedStatement statement =
                            sql.prepare("SELECT value, sum(amount)::text FROM $value" + CELLS + " GROUP BY value");
                    ResultSet row = query(sql, statement, cells)) {
                while (row.next()) {
                    totals.put(
                            row.getString(1), number(row.getString(2), counters).longValue());
                }
            }
            return totals;
        });
    }

    private static ResultSet query(Sql sql, PreparedStatement statement, List<Cell> cells) throws SQLException {
        return sql.query(statement, sql.texts(cells, Cell::counter), sql.integers(cells, Cell::week));
    }

    /** Returns a number; PostgreSQL has NaN and infinity too. */
    private BigDecimal number(String text, Collection<Counter> counters) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw broken("count", counters, text);
        }
    }

    private BrokenCounterException broken(String table, Collection<Counter> counters, String found) {
        return new BrokenCounterException(store + ": the rows of " + counters + " in the table internal_events_" + table
                + " cannot be read: found " + found + ", expected counts; correct or delete them");
    }
}
