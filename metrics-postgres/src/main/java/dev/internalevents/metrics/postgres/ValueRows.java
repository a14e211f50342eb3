package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Increments.Slot;
import dev.internalevents.metrics.TotalsByValue;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Adds totals by value, within the limits of {@link TotalsByValue}. The rows of their counters in {@code $count} must
 * be locked, so that two transactions do not both add the last values.
 */
final class ValueRows {

    private final Sql sql;

    ValueRows(Sql sql) {
        this.sql = sql;
    }

    private record Row(Cell cell, String value) {}

    void add(Map<Slot, Map<String, Long>> totals) throws SQLException {
        Map<Cell, Map<String, BigDecimal>> amounts = new TreeMap<>();
        totals.forEach((slot, values) -> {
            for (Cell cell : Cell.of(slot)) {
                Map<String, BigDecimal> ofCell = amounts.computeIfAbsent(cell, added -> new TreeMap<>());
                values.forEach((value, count) -> {
                    String text = value.length() > TotalsByValue.MAX_LENGTH ? TotalsByValue.OTHER : Cell.text(value);
                    ofCell.merge(text, BigDecimal.valueOf(count), BigDecimal::add);
                });
            }
        });
        if (amounts.isEmpty()) {
            return;
        }
        Map<Cell, Integer> counts = counts(amounts.keySet());
        Set<Row> existing = existing(amounts);
        List<Map.Entry<Row, BigDecimal>> rows = new ArrayList<>();
        amounts.forEach((cell, values) -> {
            int count = counts.getOrDefault(cell, 0);
            BigDecimal other = BigDecimal.ZERO;
            for (Map.Entry<String, BigDecimal> value : values.entrySet()) {
                Row row = new Row(cell, value.getKey());
                boolean isOther = row.value().equals(TotalsByValue.OTHER);
                boolean isNew = !isOther && !existing.contains(row);
                if (isOther || (isNew && count >= TotalsByValue.MAX_VALUES)) {
                    other = other.add(value.getValue());
                } else {
                    count += isNew ? 1 : 0;
                    rows.add(Map.entry(row, value.getValue()));
                }
            }
            if (other.signum() != 0) {
                rows.add(Map.entry(new Row(cell, TotalsByValue.OTHER), other));
            }
        });
        Sql.inParts(
                rows,
                some -> sql.update(
                        "INSERT INTO $value AS v (counter, week, value, amount)"
                                + " SELECT * FROM unnest(?::text[], ?::int[], ?::text[], ?::numeric[])"
                                + " ON CONFLICT (counter, week, value) DO UPDATE"
                                + " SET amount = v.amount + excluded.amount, changed = now()",
                        sql.texts(some, row -> row.getKey().cell().counter()),
                        sql.integers(some, row -> row.getKey().cell().week()),
                        sql.texts(some, row -> row.getKey().value()),
                        sql.numbers(some, Map.Entry::getValue)));
    }

    /** Returns how many values have their own total. */
    private Map<Cell, Integer> counts(Collection<Cell> cells) throws SQLException {
        Map<Cell, Integer> counts = new HashMap<>();
        Sql.inParts(cells, some -> {
            try (PreparedStatement statement = sql.prepare("SELECT counter, week, count(*)"
                            + " FROM $value JOIN unnest(?::text[], ?::int[]) AS k (counter, week) USING (counter, week)"
                            + " WHERE value <> ? GROUP BY counter, week");
                    ResultSet row = sql.query(
                            statement,
                            sql.texts(some, Cell::counter),
                            sql.integers(some, Cell::week),
                            TotalsByValue.OTHER)) {
                while (row.next()) {
                    counts.put(new Cell(row.getString(1), row.getInt(2)), row.getInt(3));
                }
            }
        });
        return counts;
    }

    /** Returns those of the values that have a total already. */
    private Set<Row> existing(Map<Cell, Map<String, BigDecimal>> amounts) throws SQLException {
        List<Row> wanted = new ArrayList<>();
        amounts.forEach((cell, values) -> values.keySet().forEach(value -> wanted.add(new Row(cell, value))));
        Set<Row> existing = new HashSet<>();
        Sql.inParts(wanted, some -> {
            try (PreparedStatement statement = sql.prepare("SELECT counter, week, value"
                            + " FROM $value JOIN unnest(?::text[], ?::int[], ?::text[]) AS k (counter, week, value)"
                            + " USING (counter, week, value)");
                    ResultSet row = sql.query(
                            statement,
                            sql.texts(some, one -> one.cell().counter()),
                            sql.integers(some, one -> one.cell().week()),
                            sql.texts(some, Row::value))) {
                while (row.next()) {
                    existing.add(new Row(new Cell(row.getString(1), row.getInt(2)), row.getString(3)));
                }
            }
        });
        return existing;
    }
}
