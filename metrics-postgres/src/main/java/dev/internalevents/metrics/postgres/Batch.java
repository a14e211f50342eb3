package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Increments.Slot;
import dev.internalevents.metrics.Position;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds a batch in one transaction, together with the queue's position. */
final class Batch {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresMetricStore.class);

    /** PostgreSQL's numbers have 131,072 digits before the point and 16,383 behind it; sums have room below that. */
    private static final int MAX_DIGITS = 5_000;

    private final Increments increments;
    private final @Nullable Position position;
    private final UniqueRows uniques;
    private final Set<String> loggedSums;
    private @Nullable Position found;

    /**
     * @param position the end of the batch; null if batches have no order
     * @param loggedSums the counters whose sums were logged as too large
     */
    Batch(Increments increments, @Nullable Position position, UniqueRows uniques, Set<String> loggedSums) {
        this.increments = increments;
        this.position = position;
        this.uniques = uniques;
        this.loggedSums = loggedSums;
    }

    /** Adds the batch, unless it was added before; returns whether it did. */
    boolean add(Sql sql) throws SQLException {
        if (position != null) {
            found = locked(sql, position);
            if (!position.isAfter(found)) {
                return false;
            }
        }
        addAmounts(sql);
        new ValueRows(sql).add(increments.totalsBy());
        uniques.add(sql, increments.uniques());
        if (position != null) {
            sql.update(
                    "UPDATE $queue SET segment = ?, byte_offset = ?, seen = now() WHERE queue = ?",
                    position.number(),
                    position.offset(),
                    position.sequence());
        }
        return true;
    }

    /** Returns up to where the queue was counted when the batch was added last; null before. */
    @Nullable
    Position found() {
        return found;
    }

    /** Returns up to where the queue is counted, and locks that row: a late batch waits, and then is no longer late. */
    private static @Nullable Position locked(Sql sql, Position position) throws SQLException {
        sql.update(
                "INSERT INTO $queue (queue, segment, byte_offset) VALUES (?, -1, 0) ON CONFLICT DO NOTHING",
                position.sequence());
        try (PreparedStatement statement =
                        sql.prepare("SELECT segment, byte_offset FROM $queue WHERE queue = ? FOR UPDATE");
                ResultSet row = sql.query(statement, position.sequence())) {
            return row.next() ? new Position(position.sequence(), row.getLong(1), row.getInt(2)) : null;
        }
    }

    private void addAmounts(Sql sql) throws SQLException {
        Map<Cell, BigDecimal> amounts = new TreeMap<>();
        BiConsumer<Slot, BigDecimal> add =
                (slot, amount) -> Cell.of(slot).forEach(cell -> amounts.merge(cell, amount, BigDecimal::add));
        increments.totals().forEach((slot, count) -> add.accept(slot, BigDecimal.valueOf(count)));
        increments
                .totalsBy()
                .forEach((slot, values) ->
                        values.values().forEach(count -> add.accept(slot, BigDecimal.valueOf(count))));
        increments.sums().forEach((slot, sum) -> {
            if (isStorable(sum)) {
                add.accept(slot, sum);
            } else if (loggedSums.add(Cell.name(slot.counter()))) {
                LOG.warn(
                        "{}: a sum of more than {} digits cannot be stored in PostgreSQL, and is not added",
                        Cell.name(slot.counter()),
                        MAX_DIGITS);
            }
        });
        Sql.inParts(
                amounts.entrySet(),
                rows -> sql.update(
                        "INSERT INTO $count AS c (counter, week, amount)"
                                + " SELECT * FROM unnest(?::text[], ?::int[], ?::numeric[])"
                                + " ON CONFLICT (counter, week) DO UPDATE"
                                + " SET amount = c.amount + excluded.amount, changed = now()",
                        sql.texts(rows, row -> row.getKey().counter()),
                        sql.integers(rows, row -> row.getKey().week()),
                        sql.numbers(rows, Map.Entry::getValue)));
    }

    private static boolean isStorable(BigDecimal number) {
        return Math.abs((long) number.scale()) <= MAX_DIGITS && number.precision() <= MAX_DIGITS;
    }
}
