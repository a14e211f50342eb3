package dev.internalevents.collector.store.duckdb;

import dev.internalevents.collector.store.EventQuery;
import dev.internalevents.collector.store.Forgotten;
import dev.internalevents.collector.store.ForgottenKey;
import dev.internalevents.collector.store.RawRequests;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.collector.store.WaitingMatch;
import dev.internalevents.collector.store.WaitingRequest;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PersonMatch;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes what is about some persons, in one transaction that the caller commits. Finds everything first, into temporary
 * tables: what columns say is found with SQL; large values, parameters of failed events and requests are read. For the
 * writing thread.
 */
final class Forgetting {

    private static final List<String> PREFIXES =
            List.of("contexts_com_gitlab_gitlab_standard_", "unstruct_event_com_gitlab_gitlab_standard_");

    /** Events read at a time, and bytes of them or of requests. */
    private static final int PAGE = 500;

    private static final long PAGE_BYTES = 4 << 20;

    private final DuckDbEventStore store;
    private final Connection connection;
    private final Columns columns;
    private final PersonMatch persons;
    private final RawRequests requests;

    Forgetting(
            DuckDbEventStore store, Connection connection, Columns columns, PersonMatch persons, RawRequests requests) {
        this.store = store;
        this.connection = connection;
        this.columns = columns;
        this.persons = persons;
        this.requests = requests;
    }

    /** Hashes of what was removed: see {@link ForgottenKey}. */
    static void create(Statement sql) throws SQLException {
        sql.execute(
                "CREATE TABLE IF NOT EXISTS forgotten(number BIGINT, id_hash UUID, key_hash UUID, received TIMESTAMP)");
    }

    Forgotten run() throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("CREATE OR REPLACE TEMP TABLE person_id(is_global BOOLEAN, id VARCHAR)");
            sql.execute("CREATE OR REPLACE TEMP TABLE person_event(number BIGINT)");
            sql.execute("CREATE OR REPLACE TEMP TABLE person_request(number BIGINT, event_index BIGINT)");
            ids();
            columns(sql);
            largeValues(sql);
            failedRequests(sql);
            failedEvents(sql);
            Forgotten removed = remove(sql);
            // They hold the ids, and a connection keeps its temporary tables.
            sql.execute("DROP TABLE person_id");
            sql.execute("DROP TABLE person_event");
            sql.execute("DROP TABLE person_request");
            return removed;
        }
    }

    private void ids() throws SQLException {
        try (PreparedStatement sql = connection.prepareStatement("INSERT INTO person_id VALUES (?, ?)")) {
            for (String id : persons.persons().userIds()) {
                sql.setBoolean(1, false);
                sql.setString(2, id);
                sql.addBatch();
            }
            for (String id : persons.persons().globalUserIds()) {
                sql.setBoolean(1, true);
                sql.setString(2, id);
                sql.addBatch();
            }
            sql.executeBatch();
        }
    }

    // Finding

    private void columns(Statement sql) throws SQLException {
        if (columns.has("user_id")) {
            sql.execute("INSERT INTO person_event SELECT number FROM event"
                    + " WHERE user_id IN (SELECT id FROM person_id WHERE NOT is_global)");
        }
        for (String name : jsonNames(sql)) {
            String shared = "(" + Columns.MORE + " ->> '" + name + "')";
            String json = columns.has(name) ? "coalesce(" + Column.quoted(name) + ", " + shared + ")" : shared;
            sql.execute("INSERT INTO person_event SELECT number FROM event WHERE " + json + " IS NOT NULL AND ("
                    + hasId(json, name, "user_id", false) + " OR " + hasId(json, name, "global_user_id", true) + ")");
        }
    }

    private static String hasId(String json, String name, String field, boolean global) {
        String ids = "(SELECT list(id) FROM person_id WHERE is_global = " + global + ")";
        return name.startsWith("contexts_")
                ? "coalesce(list_has_any(json_extract_string(" + json + ", '$[*]." + field + "'), " + ids + "), false)"
                : "coalesce(list_contains(" + ids + ", json_extract_string(" + json + ", '$." + field + "')), false)";
    }

    /** Of each model of the schema, whether its column was made or not. */
    private Set<String> jsonNames(Statement sql) throws SQLException {
        Set<String> names = new TreeSet<>(columns.jsonNames());
        try (ResultSet found = sql.executeQuery("SELECT DISTINCT unnest(json_keys(" + Columns.MORE
                + ")) FROM event WHERE " + "contains(" + Columns.MORE + ", '_com_gitlab_gitlab_standard_')")) {
            while (found.next()) {
                names.add(found.getString(1));
            }
        }
        names.removeIf(name -> PREFIXES.stream().noneMatch(name::startsWith));
        return names;
    }

    private void largeValues(Statement sql) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        try (ResultSet found = sql.executeQuery(
                "SELECT DISTINCT number FROM large_value WHERE starts_with(column_name, '" + PREFIXES.get(0)
                        + "') OR starts_with(column_name, '" + PREFIXES.get(1) + "') ORDER BY number")) {
            while (found.next()) {
                numbers.add(found.getLong(1));
            }
        }
        List<Long> about = new ArrayList<>();
        for (long number : numbers) {
            store.withNumber(number)
                    .filter(event -> persons.isAbout(event.event()))
                    .ifPresent(event -> about.add(number));
        }
        note(about);
    }

    /** A range of requests that are read together. */
    private record Range(long first, long last) {}

    private void failedRequests(Statement sql) throws SQLException {
        List<Range> ranges = new ArrayList<>();
        try (ResultSet found = sql.executeQuery(
                "SELECT number, sum(octet_length(frame)) FROM failed_request GROUP BY number ORDER BY number")) {
            long first = -1;
            long last = -1;
            long bytes = 0;
            while (found.next()) {
                if (first >= 0 && bytes + found.getLong(2) > PAGE_BYTES) {
                    ranges.add(new Range(first, last));
                    first = -1;
                }
                last = found.getLong(1);
                bytes = first < 0 ? 0 : bytes;
                first = first < 0 ? last : first;
                bytes += found.getLong(2);
            }
            if (first >= 0) {
                ranges.add(new Range(first, last));
            }
        }
        try (PreparedStatement found = connection.prepareStatement("INSERT INTO person_request VALUES (?, ?)")) {
            for (Range range : ranges) {
                failedRequests(sql, range, found);
                found.executeBatch();
            }
        }
    }

    private void failedRequests(Statement sql, Range range, PreparedStatement found) throws SQLException {
        try (ResultSet parts = sql.executeQuery("SELECT number, frame FROM failed_request WHERE number BETWEEN "
                + range.first() + " AND " + range.last() + " ORDER BY number, part")) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            long number = -1;
            while (parts.next()) {
                if (parts.getLong(1) != number) {
                    failedRequest(number, frame.toByteArray(), found);
                    frame.reset();
                    number = parts.getLong(1);
                }
                frame.writeBytes(parts.getBytes(2));
            }
            failedRequest(number, frame.toByteArray(), found);
        }
    }

    private void failedRequest(long number, byte[] frame, PreparedStatement found) throws SQLException {
        CollectorPayload request = frame.length == 0 ? null : WaitingMatch.opened(frame, requests);
        if (request != null) {
            for (PersonMatch.Found one : persons.in(request)) {
                found.setLong(1, number);
                found.setLong(2, one.index());
                found.addBatch();
            }
        }
    }

    private void failedEvents(Statement sql) throws SQLException {
        sql.execute("INSERT INTO person_event SELECT e.number FROM event e JOIN person_request r"
                + " ON e.request_number = r.number AND e.event_index = r.event_index WHERE NOT e.valid");
        EventQuery query = EventQuery.ALL.good(false).sortedBy(null, false);
        List<StoredEvent> some = store.find(query, 0, PAGE, PAGE_BYTES);
        while (!some.isEmpty()) {
            note(some.stream()
                    .filter(event -> persons.isAbout(event.event()))
                    .map(StoredEvent::number)
                    .toList());
            some = store.find(query.after(some.get(some.size() - 1).number()), 0, PAGE, PAGE_BYTES);
        }
    }

    private void note(List<Long> numbers) throws SQLException {
        if (!numbers.isEmpty()) {
            try (PreparedStatement sql = connection.prepareStatement("INSERT INTO person_event VALUES (?)")) {
                for (long number : numbers) {
                    sql.setLong(1, number);
                    sql.addBatch();
                }
                sql.executeBatch();
            }
        }
    }

    // Removing

    private Forgotten remove(Statement sql) throws SQLException {
        String theirs = "number IN (SELECT number FROM person_event)";
        long requestCount;
        sql.execute("INSERT INTO forgotten SELECT number, " + hash("id::VARCHAR") + ", "
                + hash("id::VARCHAR || event_fingerprint::VARCHAR") + ", collector_tstamp FROM (SELECT *,"
                + " coalesce(sent_event_id, event_id) AS id FROM event WHERE event_fingerprint IS NOT NULL AND "
                + theirs
                + ")");
        String theirRequests = " FROM failed_request WHERE number IN (SELECT number FROM person_request UNION ALL"
                + " SELECT request_number FROM event WHERE NOT valid AND request_number > 0 AND " + theirs + ")";
        try (ResultSet found = sql.executeQuery("SELECT count(DISTINCT number)" + theirRequests)) {
            found.next();
            requestCount = found.getLong(1);
        }
        sql.execute("DELETE" + theirRequests);
        sql.execute("DELETE FROM large_value WHERE " + theirs);
        long events = sql.executeLargeUpdate("DELETE FROM event WHERE " + theirs);
        return new Forgotten(events, requestCount, waiting());
    }

    /** As {@link ForgottenKey} makes it. */
    private static String hash(String text) {
        return "left(sha256(" + text + "), 32)::UUID";
    }

    private long waiting() throws SQLException {
        long removed = 0;
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM waiting_request WHERE origin = ?");
                PreparedStatement note =
                        connection.prepareStatement("INSERT INTO forgotten VALUES (0, ?::UUID, ?::UUID, ?)")) {
            for (WaitingRequest.Summary summary : store.waiting()) {
                WaitingRequest request = store.waiting(summary.origin()).orElse(null);
                WaitingMatch match = request == null ? null : WaitingMatch.of(request, persons, requests);
                if (match != null) {
                    delete.setString(1, summary.origin());
                    delete.execute();
                    WaitingRequest left = match.left();
                    store.insertWaiting(left == null ? List.of() : List.of(left));
                    for (ForgottenKey key : match.keys()) {
                        note.setString(1, key.idHash().toString());
                        note.setString(2, key.keyHash().toString());
                        note.setObject(3, QuerySql.timestamp(key.received()));
                        note.execute();
                    }
                    removed += match.removed();
                }
            }
        }
        return removed;
    }
}
