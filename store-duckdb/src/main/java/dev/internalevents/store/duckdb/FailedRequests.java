package dev.internalevents.store.duckdb;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of failed events, each stored in parts under the number of its first failed event. */
final class FailedRequests {

    /** Size of the requests written at a time. */
    private static final long WRITE_BYTES = 8 << 20;

    private final Database database;

    FailedRequests(Database database) {
        this.database = database;
    }

    static void create(Statement sql) throws SQLException {
        sql.execute("CREATE TABLE IF NOT EXISTS failed_request(number BIGINT, received TIMESTAMP, frame BLOB)");
        // In parts: a vector of whole requests would not fit into memory. Earlier versions stored them whole.
        sql.execute("ALTER TABLE failed_request ADD COLUMN IF NOT EXISTS part INTEGER");
    }

    /**
     * A request of one or more failed events.
     *
     * @param number the number of its first failed event
     */
    record Request(long number, Instant received, byte[] frame) {}

    /** Writes requests in the open transaction. */
    static void write(Connection connection, List<Request> requests) throws SQLException {
        if (requests.isEmpty()) {
            return;
        }
        try (PreparedStatement sql = connection.prepareStatement("INSERT INTO failed_request VALUES (?, ?, ?, ?)")) {
            long bytes = 0;
            for (Request request : requests) {
                int part = 0;
                for (byte[] some : LargeValues.parts(request.frame())) {
                    sql.setLong(1, request.number());
                    sql.setObject(2, Sql.timestamp(request.received()));
                    sql.setBytes(3, some);
                    sql.setInt(4, part++);
                    sql.addBatch();
                    bytes += some.length;
                    if (bytes > WRITE_BYTES) {
                        sql.executeBatch();
                        bytes = 0;
                    }
                }
            }
            if (bytes > 0) {
                sql.executeBatch();
            }
        }
    }

    /** Returns the request of the failed event with this number. */
    Optional<byte[]> ofEvent(long number) {
        List<byte[]> parts = database.list(
                "SELECT frame FROM failed_request WHERE number = (SELECT request_number FROM event WHERE number = "
                        + number + ") ORDER BY part",
                part -> part.getBytes(1));
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        parts.forEach(frame::writeBytes);
        return frame.size() == 0 ? Optional.empty() : Optional.of(frame.toByteArray());
    }

    /** Returns the requests with numbers above the first and up to the last. Reads with a connection of its own. */
    Map<Long, byte[]> between(long after, long last) {
        return database.readAlone(connection -> {
            Map<Long, ByteArrayOutputStream> parts = new LinkedHashMap<>();
            Sql.forEach(
                    connection,
                    "SELECT number, frame FROM failed_request WHERE number > " + after + " AND number <= " + last
                            + " ORDER BY number, part",
                    part -> parts.computeIfAbsent(part.getLong(1), number -> new ByteArrayOutputStream())
                            .writeBytes(part.getBytes(2)));
            Map<Long, byte[]> frames = new LinkedHashMap<>();
            parts.forEach((number, bytes) -> frames.put(number, bytes.toByteArray()));
            return frames;
        });
    }

    /**
     * Returns the last number of each group of requests of at most so many bytes. Reads with a connection of its own.
     */
    List<Long> endsOfPages(long after, long pageBytes) {
        return database.readAlone(connection -> {
            List<Long> ends = new ArrayList<>();
            long[] last = {after};
            long[] bytes = {0};
            Sql.forEach(
                    connection,
                    "SELECT number, sum(octet_length(frame)) FROM failed_request WHERE number > " + after
                            + " GROUP BY number ORDER BY number",
                    request -> {
                        if (bytes[0] > 0 && bytes[0] + request.getLong(2) > pageBytes) {
                            ends.add(last[0]);
                            bytes[0] = 0;
                        }
                        last[0] = request.getLong(1);
                        bytes[0] += request.getLong(2);
                    });
            if (bytes[0] > 0) {
                ends.add(last[0]);
            }
            return ends;
        });
    }
}
