package dev.internalevents.store.duckdb;

import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes the stored events: their columns, the values of columns, and their number over time. May be used by any
 * thread.
 */
final class EventStatistics {

    private static final int MAX_COUNTED_COLUMNS = 1_000;
    private static final int COLUMNS_AT_A_TIME = 100;
    private static final int MAX_VALUES = 1_000;
    private static final int MAX_DISTINCT = 10_000;

    private final Database database;
    private final Columns columns;

    EventStatistics(OpenStore store) {
        this.database = store.database();
        this.columns = store.columns();
    }

    /** Returns the columns that have a value in some event, or in some event of a session. */
    List<String> columns(@Nullable String session) {
        List<String> names = new ArrayList<>();
        columns.atomic().forEach(column -> names.add(column.name()));
        for (String column : columns.jsonNames()) {
            columns.fields().fields(column).forEach(field -> names.add(column + "." + field));
        }
        return session == null ? List.copyOf(names) : present(names, session);
    }

    /**
     * Returns the columns with a value in this session. Checks at most {@link #MAX_COUNTED_COLUMNS}, a limited number
     * at a time.
     */
    private List<String> present(List<String> all, String session) {
        List<String> names = all.subList(0, Math.min(all.size(), MAX_COUNTED_COLUMNS));
        return database.read(connection -> {
            QuerySql where = inSession(session);
            List<String> present = new ArrayList<>();
            for (int from = 0; from < names.size(); from += COLUMNS_AT_A_TIME) {
                List<String> some = names.subList(from, Math.min(names.size(), from + COLUMNS_AT_A_TIME));
                String counts = some.stream()
                        .map(name -> "count(" + QuerySql.expression(name, columns) + ")")
                        .collect(Collectors.joining(", "));
                try (PreparedStatement sql =
                                where.prepare(connection, "SELECT " + counts + " FROM event" + where.where());
                        ResultSet found = sql.executeQuery()) {
                    found.next();
                    for (int i = 0; i < some.size(); i++) {
                        if (found.getLong(i + 1) > 0) {
                            present.add(some.get(i));
                        }
                    }
                }
            }
            return present;
        });
    }

    private QuerySql inSession(@Nullable String session) {
        return new QuerySql(EventQuery.ALL.of(session).withRepeats(true), columns);
    }

    Map<String, EventStore.ColumnStats> columnStats(List<String> names, @Nullable String session) {
        Map<String, EventStore.ColumnStats> stats = new LinkedHashMap<>();
        for (String name : names) {
            String expression = QuerySql.expression(name, columns);
            stats.put(
                    name,
                    expression == null
                            ? new EventStore.ColumnStats(false, false, List.of())
                            : new EventStore.ColumnStats(true, true, values(name, expression, session)));
        }
        return stats;
    }

    private List<String> values(String name, String expression, @Nullable String session) {
        Column column = columns.get(name);
        if (column != null && column.type() == Column.Type.TIME) {
            return List.of();
        }
        return database.read(connection -> {
            QuerySql where = inSession(session);
            return hasManyValues(connection, expression, where)
                    ? List.of()
                    : frequent(connection, text(column, expression), where);
        });
    }

    private static boolean hasManyValues(Connection connection, String expression, QuerySql where) throws SQLException {
        try (PreparedStatement sql = where.prepare(
                        connection, "SELECT approx_count_distinct(" + expression + ") FROM event" + where.where());
                ResultSet distinct = sql.executeQuery()) {
            return distinct.next() && distinct.getLong(1) > MAX_DISTINCT;
        }
    }

    private static List<String> frequent(Connection connection, String text, QuerySql where) throws SQLException {
        List<String> values = new ArrayList<>();
        try (PreparedStatement sql = where.prepare(
                        connection,
                        "SELECT " + text + " AS value, count(*) FROM event" + where.where()
                                + " GROUP BY value HAVING length(value) <= " + EventStore.MAX_VALUE_CHARS
                                + " ORDER BY 2 DESC, 1 LIMIT " + MAX_VALUES);
                ResultSet found = sql.executeQuery()) {
            while (found.next()) {
                values.add(found.getString(1));
            }
        }
        return values;
    }

    /** Returns the SQL expression for a column's value as it is shown to people. */
    private static String text(@Nullable Column column, String expression) {
        Column.Type type = column == null ? Column.Type.TEXT : column.type();
        if (column != null && (type == Column.Type.UUID || type == Column.Type.FINGERPRINT)) {
            return column.text();
        } else if (type == Column.Type.DOUBLE) {
            // A number too large or too small for DECIMAL is written in DuckDB's own notation.
            return "coalesce(CASE WHEN abs(" + expression + ") >= 1e-9 OR " + expression
                    + " = 0 THEN rtrim(rtrim(TRY_CAST(" + expression + " AS DECIMAL(38,9))::VARCHAR, '0'), '.') END, ("
                    + expression + ")::VARCHAR)";
        }
        return "TRY_CAST((" + expression + ") AS VARCHAR)";
    }

    /** Returns the number of events that a query matches in each time span. */
    List<EventStore.Point> timeline(List<EventStore.Bucket> buckets, EventQuery query) {
        if (buckets.isEmpty()) {
            return List.of();
        }
        String counts = buckets.stream().map(EventStatistics::counts).collect(Collectors.joining(", "));
        Instant first = buckets.stream()
                .map(EventStore.Bucket::start)
                .min(Instant::compareTo)
                .orElseThrow();
        Instant end = buckets.stream()
                .map(EventStore.Bucket::end)
                .max(Instant::compareTo)
                .orElseThrow();
        Instant from = query.from() == null || first.isAfter(query.from()) ? first : query.from();
        Instant to = query.to() == null || end.isBefore(query.to()) ? end : query.to();
        return database.read(connection -> {
            QuerySql where = new QuerySql(query.between(from, to), columns);
            List<EventStore.Point> points = new ArrayList<>();
            try (PreparedStatement sql = where.prepare(connection, "SELECT " + counts + " FROM event" + where.where());
                    ResultSet found = sql.executeQuery()) {
                found.next();
                for (int i = 0; i < buckets.size(); i++) {
                    points.add(
                            new EventStore.Point(buckets.get(i), found.getLong(2 * i + 1), found.getLong(2 * i + 2)));
                }
            }
            return points;
        });
    }

    private static String counts(EventStore.Bucket bucket) {
        String within = " AND collector_tstamp >= " + Sql.timestampLiteral(bucket.start()) + " AND collector_tstamp < "
                + Sql.timestampLiteral(bucket.end()) + ")";
        return "count(*) FILTER (WHERE valid" + within + ", count(*) FILTER (WHERE NOT valid" + within;
    }

    /** Returns the latest time at which a stored event was received; empty if there are no events. */
    Optional<Instant> newest() {
        return database.first("SELECT epoch_ms(max(collector_tstamp)) FROM event", Sql::optionalLong)
                .flatMap(millis -> millis)
                .map(Instant::ofEpochMilli);
    }

    /** Returns the greatest number of an event received after a time; 0 if there is none. */
    long newestAfter(Instant time) {
        return database.first(
                        "SELECT coalesce(max(number), 0) FROM event WHERE collector_tstamp > ?",
                        row -> row.getLong(1),
                        Sql.timestamp(time))
                .orElse(0L);
    }
}
