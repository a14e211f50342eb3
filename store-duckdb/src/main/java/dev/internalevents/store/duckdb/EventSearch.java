package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.Failure;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.ReadLimit;
import dev.internalevents.store.StoredEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds, counts and reads events. A row that cannot be read is logged and left out. May be used by any thread. */
final class EventSearch {

    private static final Logger LOG = LoggerFactory.getLogger(EventSearch.class);

    /** Size of the events read at a time: DuckDB holds a whole result in its own memory and in the JVM's. */
    private static final long READ_BYTES = 4 << 20;

    /** Assumed size of a row written by an earlier version, which has no weight. */
    private static final long UNKNOWN_WEIGHT = 4_000;

    private static final int MAX_UNREADABLE = 10_000;
    private static final int MAX_LOGGED = 100;

    private final Database database;
    private final Columns columns;
    private final FailedRequests requests;

    /** Numbers of events whose rows could not be read, up to {@link #MAX_UNREADABLE}. */
    private final Set<Long> unreadable = ConcurrentHashMap.newKeySet();

    EventSearch(OpenStore store, FailedRequests requests) {
        this.database = store.database();
        this.columns = store.columns();
        this.requests = requests;
    }

    /** An event found, with the size of its row in bytes. */
    private record Found(long number, long weight) {}

    List<StoredEvent> find(EventQuery query, long offset, int limit, long maxBytes) {
        return database.read(connection -> {
            for (long passedOver = offset; ; ) {
                List<Found> found = matching(connection, query, passedOver, limit, maxBytes);
                List<StoredEvent> events = events(connection, found);
                if (!events.isEmpty() || found.isEmpty()) {
                    return events;
                }
                // None of these rows can be read. Skip them: an empty result would mean that there are no more events.
                passedOver += found.size();
            }
        });
    }

    private List<Found> matching(Connection connection, EventQuery query, long offset, int limit, long maxBytes)
            throws SQLException {
        QuerySql where = new QuerySql(query, columns);
        List<Found> matching = new ArrayList<>();
        try (PreparedStatement sql = where.prepare(
                        connection,
                        "SELECT number, coalesce(weight, " + UNKNOWN_WEIGHT + ") FROM event" + where.where()
                                + QuerySql.order(query, columns) + " LIMIT ? OFFSET ?",
                        limit,
                        offset);
                ResultSet row = sql.executeQuery()) {
            long bytes = 0;
            while (row.next() && (matching.isEmpty() || bytes < maxBytes)) {
                bytes += row.getLong(2);
                if (matching.isEmpty() || bytes <= maxBytes) {
                    matching.add(new Found(row.getLong(1), row.getLong(2)));
                }
            }
        }
        return matching;
    }

    /** Reads the whole rows of these events, a limited number of bytes at a time. */
    private List<StoredEvent> events(Connection connection, List<Found> found) throws SQLException {
        List<StoredEvent> events = new ArrayList<>(found.size());
        for (int from = 0, to; from < found.size(); from = to) {
            long bytes = 0;
            for (to = from;
                    to < found.size() && (to == from || bytes + found.get(to).weight() <= READ_BYTES);
                    to++) {
                bytes += found.get(to).weight();
            }
            events.addAll(some(connection, found.subList(from, to)));
        }
        return events;
    }

    private List<StoredEvent> some(Connection connection, List<Found> some) throws SQLException {
        Map<Long, StoredEvent> read = new HashMap<>();
        String list = some.stream().map(found -> String.valueOf(found.number())).collect(Collectors.joining(","));
        try (Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery("SELECT * FROM event WHERE number IN (" + list + ")")) {
            RowReader reader = new RowReader(rows, columns);
            while (rows.next()) {
                long number = rows.getLong("number");
                boolean large = rows.getLong(Columns.WEIGHT) > VectorWindow.MAX_BYTES_WHEN_FULL;
                Map<String, byte[]> values = large ? LargeValues.read(connection, number) : Map.of();
                readable(reader, number, null, values).ifPresent(event -> read.put(number, event));
            }
        }
        return some.stream()
                .map(found -> read.get(found.number()))
                .filter(event -> event != null)
                .toList();
    }

    /** Reads a row; one that cannot be read is logged and left out, so that it does not affect the others. */
    private Optional<StoredEvent> readable(
            RowReader reader, long number, byte @Nullable [] frame, Map<String, byte[]> values) throws SQLException {
        try {
            return Optional.of(reader.read(frame, values));
        } catch (RuntimeException | SQLException e) {
            ReadLimit limit = ReadLimit.current();
            boolean stopped = limit != null && limit.isOver();
            if (e instanceof SQLException && (stopped || Database.isTrouble(e))) {
                throw e;
            }
            boolean isNew = unreadable.size() < MAX_UNREADABLE && unreadable.add(number);
            if (isNew && unreadable.size() <= MAX_LOGGED) {
                // Do not log the message: it may contain data of the event.
                LOG.error(
                        "event {} of the store cannot be read ({}) and is left out of lists and exports; counts still"
                                + " include it, and the others are not affected",
                        number,
                        e.getClass().getSimpleName());
            }
            return Optional.empty();
        }
    }

    /** Returns the number of events that could not be read since the store was opened. */
    long unreadable() {
        return unreadable.size();
    }

    long count(EventQuery query) {
        return database.read(connection -> {
            QuerySql where = new QuerySql(query, columns);
            try (PreparedStatement sql = where.prepare(connection, "SELECT count(*) FROM event" + where.where());
                    ResultSet found = sql.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        });
    }

    Optional<StoredEvent> withNumber(long number) {
        byte[] frame = requests.ofEvent(number).orElse(null);
        return database.read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet row = sql.executeQuery("SELECT * FROM event WHERE number = " + number)) {
                return row.next()
                        ? readable(new RowReader(row, columns), number, frame, LargeValues.read(connection, number))
                        : Optional.empty();
            }
        });
    }

    List<Long> failedAt(Failure.Step step, long beyond, int limit) {
        return database.list(
                "SELECT number FROM event WHERE NOT valid AND number > ? AND starts_with(failures, ?)"
                        + " ORDER BY number LIMIT ?",
                row -> row.getLong(1),
                beyond,
                "[{\"step\":\"" + step + "\"",
                limit);
    }
}
