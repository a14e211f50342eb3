package dev.internalevents.store.duckdb;

import dev.internalevents.store.WaitingRequest;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The requests with events that wait for a schema, stored in parts. */
final class WaitingRequests {

    private final Database database;

    WaitingRequests(Database database) {
        this.database = database;
    }

    static void create(Statement sql) throws SQLException {
        sql.execute(
                "CREATE TABLE IF NOT EXISTS waiting_request(origin VARCHAR, since TIMESTAMP, events VARCHAR, part INTEGER, frame BLOB)");
        // Rows that are not valid requests must not prevent the start.
        sql.execute("DELETE FROM waiting_request WHERE origin IS NULL OR events IS NULL");
    }

    /** Writes requests in the open transaction. */
    static void write(Connection connection, List<WaitingRequest> requests) throws SQLException {
        if (requests.isEmpty()) {
            return;
        }
        try (PreparedStatement sql =
                connection.prepareStatement("INSERT INTO waiting_request VALUES (?, ?, ?, ?, ?)")) {
            for (WaitingRequest request : requests) {
                String events = request.events().stream().map(String::valueOf).collect(Collectors.joining(","));
                int part = 0;
                for (byte[] some : LargeValues.parts(request.frame())) {
                    // Set all parameters for every row: addBatch clears them.
                    sql.setString(1, request.origin());
                    sql.setObject(2, Sql.timestamp(request.since()));
                    sql.setString(3, events);
                    sql.setInt(4, part++);
                    sql.setBytes(5, some);
                    sql.addBatch();
                }
                sql.executeBatch();
            }
        }
    }

    /** Removes requests in the open transaction. */
    static void remove(Connection connection, Collection<String> origins) throws SQLException {
        if (origins.isEmpty()) {
            return;
        }
        try (PreparedStatement sql = connection.prepareStatement("DELETE FROM waiting_request WHERE origin = ?")) {
            for (String origin : origins) {
                sql.setString(1, origin);
                sql.execute();
            }
        }
    }

    /** Returns all requests, oldest first. */
    List<WaitingRequest.Summary> all() {
        return database.list(
                "SELECT origin, epoch_ms(min(since)), any_value(events), sum(octet_length(frame)) FROM waiting_request"
                        + " GROUP BY origin ORDER BY min(since), origin",
                row -> new WaitingRequest.Summary(
                        row.getString(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        indices(row.getString(3)),
                        row.getLong(4)));
    }

    Optional<WaitingRequest> withOrigin(String origin) {
        List<WaitingRequest> parts = database.list(
                "SELECT epoch_ms(since), events, frame FROM waiting_request WHERE origin = ? ORDER BY part",
                row -> new WaitingRequest(
                        origin, Instant.ofEpochMilli(row.getLong(1)), indices(row.getString(2)), row.getBytes(3)),
                origin);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        parts.forEach(part -> frame.writeBytes(part.frame()));
        WaitingRequest last = parts.get(parts.size() - 1);
        return Optional.of(new WaitingRequest(origin, last.since(), last.events(), frame.toByteArray()));
    }

    private static List<Integer> indices(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
    }
}
