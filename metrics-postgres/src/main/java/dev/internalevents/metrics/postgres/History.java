package dev.internalevents.metrics.postgres;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricValue;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Week;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes the values of metrics into the table that people query: for this week, each metric as it would be if the week
 * ended now; for the last week, also what was counted late.
 */
final class History {

    private static final Comparator<Row> ORDER =
            Comparator.comparing(Row::metric).thenComparing(Row::week);

    private final Metrics metrics;
    private final Clock clock;

    History(Dictionary dictionary, MetricStore store, Clock clock) {
        this.metrics = new Metrics(dictionary, Counters.of(dictionary), store, clock);
        this.clock = clock;
    }

    private record Row(String metric, LocalDate week, BigDecimal value) {}

    void write(PostgresConnection postgres) {
        List<Row> rows = rows();
        postgres.change(sql -> {
            Sql.inParts(rows, some -> write(sql, some));
            return rows;
        });
    }

    private List<Row> rows() {
        int week = Week.of(clock.millis());
        List<Row> rows = new ArrayList<>();
        for (MetricValue value : metrics.values()) {
            if (value.broken() != null) {
                continue;
            }
            String metric = Cell.text(value.keyPath());
            rows.add(new Row(metric, Week.monday(week), value.current()));
            if (value.timeFrame() == TimeFrame.SEVEN_DAYS || value.timeFrame() == TimeFrame.TWENTY_EIGHT_DAYS) {
                rows.add(new Row(metric, Week.monday(week - 1), value.value()));
            }
        }
        rows.sort(ORDER);
        return rows;
    }

    private static void write(Sql sql, List<Row> rows) throws SQLException {
        sql.update(
                "INSERT INTO $history AS h (metric, week, value)"
                        + " SELECT k.metric, k.week::date, k.value"
                        + " FROM unnest(?::text[], ?::text[], ?::numeric[]) AS k (metric, week, value)"
                        + " ON CONFLICT (metric, week) DO UPDATE SET value = excluded.value, recorded = now()"
                        + " WHERE h.value <> excluded.value",
                sql.texts(rows, Row::metric),
                sql.texts(rows, row -> row.week().toString()),
                sql.numbers(rows, Row::value));
    }
}
