package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.Forgotten;
import dev.internalevents.store.ForgottenKey;
import dev.internalevents.store.PersonRemoval;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.WaitingMatch;
import dev.internalevents.store.WaitingRequest;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes all data about some persons. First, a reading connection searches what SQL alone cannot search, in pages and reading each item
 * once: large values, numbers, parameters of failed events, and requests. Then the writing thread searches what was stored since, searches
 * columns with SQL, and removes everything in one transaction.
 */
final class Forgetting implements PersonRemoval {

    private static final List<String> PREFIXES =
            List.of("contexts_com_gitlab_gitlab_standard_", "unstruct_event_com_gitlab_gitlab_standard_");

    /** Maximum number of events read at a time; {@link #PAGE_BYTES} limits the bytes of events or requests. */
    private static final int PAGE = 500;

    private static final long PAGE_BYTES = 4 << 20;

    private final DuckDbEventStore store;
    private final Columns columns;
    private final PersonMatch persons;
    private final RawRequests requests;

    private final Set<Long> events = new TreeSet<>();
    private final List<FoundEvent> ofRequests = new ArrayList<>();
    private final Set<String> waiting = new LinkedHashSet<>();

    // The progress of each search.
    private final Set<String> seenWaiting = new HashSet<>();
    private long requestsSeen;
    private long failedSeen;
    private long largeSeen;
    private long numbersSeen;

    /** An event of a request, which may have no row of its own. */
    private record FoundEvent(long request, int index) {}

    Forgetting(DuckDbEventStore store, Columns columns, PersonMatch persons, RawRequests requests) {
        this.store = store;
        this.columns = columns;
        this.persons = persons;
        this.requests = requests;
    }

    /** Creates the table for hashes of removed events, see {@link ForgottenKey}. */
    static void create(Statement sql) throws SQLException {
        sql.execute(
                "CREATE TABLE IF NOT EXISTS forgotten(number BIGINT, id_hash UUID, key_hash UUID, received TIMESTAMP)");
    }

    // Finding, while events are processed

    @Override
    public void find() {
        // First, because a waiting event is later stored with a higher number, which the other searches then see.
        findWaiting();
        findRequests();
        findFailed();
        findLarge();
        findNumbers();
    }

    private void findWaiting() {
        for (WaitingRequest.Summary summary : store.waiting()) {
            if (seenWaiting.add(summary.origin())) {
                store.waiting(summary.origin())
                        .filter(request -> WaitingMatch.of(request, persons, requests) != null)
                        .ifPresent(request -> waiting.add(request.origin()));
            }
        }
    }

    private void findRequests() {
        for (long last : endsOfPages()) {
            String page = "number > " + requestsSeen + " AND number <= " + last;
            for (Map.Entry<Long, byte[]> one : frames(page).entrySet()) {
                CollectorPayload request = WaitingMatch.opened(one.getValue(), requests);
                if (request != null) {
                    persons.in(request).forEach(found -> ofRequests.add(new FoundEvent(one.getKey(), found.index())));
                }
            }
            requestsSeen = last;
        }
    }

    /** Returns the last number of each group of requests that are read together. */
    private List<Long> endsOfPages() {
        return store.read(connection -> {
            List<Long> ends = new ArrayList<>();
            long last = requestsSeen;
            long bytes = 0;
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT number, sum(octet_length(frame)) FROM failed_request"
                            + " WHERE number > " + requestsSeen + " GROUP BY number ORDER BY number")) {
                while (found.next()) {
                    if (bytes > 0 && bytes + found.getLong(2) > PAGE_BYTES) {
                        ends.add(last);
                        bytes = 0;
                    }
                    last = found.getLong(1);
                    bytes += found.getLong(2);
                }
            }
            if (bytes > 0) {
                ends.add(last);
            }
            return ends;
        });
    }

    private Map<Long, byte[]> frames(String condition) {
        return store.read(connection -> {
            Map<Long, ByteArrayOutputStream> parts = new LinkedHashMap<>();
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery(
                            "SELECT number, frame FROM failed_request WHERE " + condition + " ORDER BY number, part")) {
                while (found.next()) {
                    parts.computeIfAbsent(found.getLong(1), number -> new ByteArrayOutputStream())
                            .writeBytes(found.getBytes(2));
                }
            }
            Map<Long, byte[]> frames = new LinkedHashMap<>();
            parts.forEach((number, bytes) -> frames.put(number, bytes.toByteArray()));
            return frames;
        });
    }

    private void findFailed() {
        EventQuery query = EventQuery.ALL.good(false).sortedBy(null, false);
        List<StoredEvent> some = store.find(query.after(failedSeen), 0, PAGE, PAGE_BYTES);
        while (!some.isEmpty()) {
            some.stream().filter(event -> persons.isAbout(event.event())).forEach(event -> events.add(event.number()));
            failedSeen = some.get(some.size() - 1).number();
            some = store.find(query.after(failedSeen), 0, PAGE, PAGE_BYTES);
        }
    }

    private void findLarge() {
        List<Long> numbers = numbers("SELECT DISTINCT number FROM large_value WHERE number > " + largeSeen
                + " AND (starts_with(column_name, '" + PREFIXES.get(0) + "') OR starts_with(column_name, '"
                + PREFIXES.get(1) + "')) ORDER BY number");
        for (long number : numbers) {
            check(number);
            largeSeen = number;
        }
    }

    /** Finds events by numbers that are written differently from an id, such as 4711.0. */
    private void findNumbers() {
        if (!persons.hasNumbers()) {
            return;
        }
        long last = store.summary(null).last();
        for (String name : store.read(connection -> {
            try (Statement sql = connection.createStatement()) {
                return jsonNames(sql);
            }
        })) {
            for (String field : List.of("user_id", "global_user_id")) {
                List<Double> ids = (field.equals("user_id")
                                ? persons.persons().userIds()
                                : persons.persons().globalUserIds())
                        .stream()
                                .map(Forgetting::number)
                                .filter(Double::isFinite)
                                .toList();
                if (!ids.isEmpty()) {
                    numbers("SELECT DISTINCT number FROM (" + values(name, field) + " AND number > " + numbersSeen
                                    + ") WHERE regexp_full_match(id, '-?[0-9.]+([eE][-+]?[0-9]+)?') AND"
                                    + " regexp_matches(id, '[.eE]') AND list_contains(" + ids
                                    + "::DOUBLE[], TRY_CAST(id AS DOUBLE))")
                            .forEach(this::check);
                }
            }
        }
        numbersSeen = last;
    }

    private static double number(String id) {
        try {
            return id.matches("[-+0-9.eE]+") ? Double.parseDouble(id) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private void check(long number) {
        store.withNumber(number).filter(event -> persons.isAbout(event.event())).ifPresent(event -> events.add(number));
    }

    private List<Long> numbers(String query) {
        return store.read(connection -> {
            List<Long> numbers = new ArrayList<>();
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery(query)) {
                while (found.next()) {
                    numbers.add(found.getLong(1));
                }
            }
            return numbers;
        });
    }

    /** Returns a query for the numbers of events with a field in a context or self-describing event, and the field's values. */
    private String values(String name, String field) {
        String shared = "(" + Columns.MORE + " ->> '" + name + "')";
        String json = columns.has(name) ? "coalesce(" + Column.quoted(name) + ", " + shared + ")" : shared;
        String value = name.startsWith("contexts_")
                ? "unnest(json_extract_string(" + json + ", '$[*]." + field + "'))"
                : "json_extract_string(" + json + ", '$." + field + "')";
        return "SELECT number, " + value + " AS id FROM event WHERE " + json + " IS NOT NULL";
    }

    /** Returns the column names of all models of the schema, with or without a column of their own. */
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

    // Removing

    @Override
    public Forgotten remove() {
        find();
        return store.remove(this);
    }

    /** Removes the data in a transaction that the caller commits. */
    Forgotten remove(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("CREATE OR REPLACE TEMP TABLE person_id(is_global BOOLEAN, id VARCHAR)");
            sql.execute("CREATE OR REPLACE TEMP TABLE person_event(number BIGINT)");
            sql.execute("CREATE OR REPLACE TEMP TABLE person_request(number BIGINT, event_index BIGINT)");
            ids(connection);
            note(connection);
            columns(sql);
            sql.execute("INSERT INTO person_event SELECT e.number FROM event e JOIN person_request r"
                    + " ON e.request_number = r.number AND e.event_index = r.event_index WHERE NOT e.valid");
            Forgotten removed = remove(connection, sql);
            // These tables contain the ids, and would stay as long as the connection.
            sql.execute("DROP TABLE person_id");
            sql.execute("DROP TABLE person_event");
            sql.execute("DROP TABLE person_request");
            return removed;
        }
    }

    private void ids(Connection connection) throws SQLException {
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

    private void note(Connection connection) throws SQLException {
        try (PreparedStatement sql =
                connection.prepareStatement("INSERT INTO person_event SELECT unnest(?::BIGINT[])")) {
            sql.setString(1, events.toString());
            sql.execute();
        }
        try (PreparedStatement sql = connection.prepareStatement(
                "INSERT INTO person_request SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])")) {
            sql.setString(
                    1, ofRequests.stream().map(FoundEvent::request).toList().toString());
            sql.setString(2, ofRequests.stream().map(FoundEvent::index).toList().toString());
            sql.execute();
        }
    }

    private void columns(Statement sql) throws SQLException {
        if (columns.has("user_id")) {
            sql.execute("INSERT INTO person_event SELECT number FROM event"
                    + " WHERE user_id IN (SELECT id FROM person_id WHERE NOT is_global)");
        }
        for (String name : jsonNames(sql)) {
            sql.execute("INSERT INTO person_event SELECT number FROM (" + values(name, "user_id")
                    + ") WHERE id IN (SELECT id FROM person_id WHERE NOT is_global)");
            sql.execute("INSERT INTO person_event SELECT number FROM (" + values(name, "global_user_id")
                    + ") WHERE id IN (SELECT id FROM person_id WHERE is_global)");
        }
    }

    private Forgotten remove(Connection connection, Statement sql) throws SQLException {
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
        return new Forgotten(events, requestCount, removeWaiting(connection));
    }

    /** Returns the SQL expression for a hash, computed as in {@link ForgottenKey}. */
    private static String hash(String text) {
        return "left(sha256(" + text + "), 32)::UUID";
    }

    private long removeWaiting(Connection connection) throws SQLException {
        long removed = 0;
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM waiting_request WHERE origin = ?");
                PreparedStatement note =
                        connection.prepareStatement("INSERT INTO forgotten VALUES (0, ?::UUID, ?::UUID, ?)")) {
            for (String origin : waiting) {
                WaitingRequest request = store.waiting(origin).orElse(null);
                WaitingMatch match = request == null ? null : WaitingMatch.of(request, persons, requests);
                if (match != null) {
                    delete.setString(1, origin);
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
