package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.Persons;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Forgotten;
import dev.internalevents.store.ForgottenKey;
import dev.internalevents.store.PersonRemoval;
import dev.internalevents.store.WaitingMatch;
import dev.internalevents.store.WaitingRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Removes all data about some persons. First, {@link PersonSearch} finds what SQL alone cannot find, with reading
 * connections. Then the writing thread searches what was stored since, searches columns with SQL, and removes
 * everything in one transaction.
 */
final class Forgetting implements PersonRemoval {

    private final EventStore store;
    private final OpenStore open;
    private final PersonSearch search;
    private final PersonColumns columns;

    Forgetting(EventStore store, OpenStore open, PersonSearch search) {
        this.store = store;
        this.open = open;
        this.search = search;
        this.columns = new PersonColumns(open.columns());
    }

    @Override
    public void find() {
        search.find();
    }

    @Override
    public Forgotten remove(Consumer<Set<Long>> before) {
        search.find();
        return open.change(connection -> remove(connection, before));
    }

    private Forgotten remove(Connection connection, Consumer<Set<Long>> before) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("CREATE OR REPLACE TEMP TABLE person_id(is_global BOOLEAN, id VARCHAR)");
            sql.execute("CREATE OR REPLACE TEMP TABLE person_event(number BIGINT)");
            sql.execute("CREATE OR REPLACE TEMP TABLE person_request(number BIGINT, event_index BIGINT)");
            writeIds(connection, search.persons().persons());
            writeFound(connection);
            findInColumns(connection, sql);
            sql.execute("INSERT INTO person_event SELECT e.number FROM event e JOIN person_request r"
                    + " ON e.request_number = r.number AND e.event_index = r.event_index WHERE NOT e.valid");
            before.accept(new HashSet<>(Sql.list(
                    connection,
                    "SELECT DISTINCT number FROM event WHERE NOT valid AND number IN (SELECT number FROM person_event)",
                    row -> row.getLong(1))));
            Forgotten removed = remove(connection, sql);
            // These tables contain the ids, and would stay as long as the connection.
            sql.execute("DROP TABLE person_id");
            sql.execute("DROP TABLE person_event");
            sql.execute("DROP TABLE person_request");
            return removed;
        }
    }

    private static void writeIds(Connection connection, Persons persons) throws SQLException {
        try (PreparedStatement sql = connection.prepareStatement("INSERT INTO person_id VALUES (?, ?)")) {
            for (String id : persons.userIds()) {
                sql.setBoolean(1, false);
                sql.setString(2, id);
                sql.addBatch();
            }
            for (String id : persons.globalUserIds()) {
                sql.setBoolean(1, true);
                sql.setString(2, id);
                sql.addBatch();
            }
            sql.executeBatch();
        }
    }

    private void writeFound(Connection connection) throws SQLException {
        List<PersonSearch.FoundEvent> ofRequests = search.ofRequests();
        Sql.execute(
                connection,
                "INSERT INTO person_event SELECT unnest(?::BIGINT[])",
                search.events().toString());
        Sql.execute(
                connection,
                "INSERT INTO person_request SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])",
                ofRequests.stream()
                        .map(PersonSearch.FoundEvent::request)
                        .toList()
                        .toString(),
                ofRequests.stream().map(PersonSearch.FoundEvent::index).toList().toString());
    }

    private void findInColumns(Connection connection, Statement sql) throws SQLException {
        if (open.columns().has("user_id")) {
            sql.execute("INSERT INTO person_event SELECT number FROM event"
                    + " WHERE user_id IN (SELECT id FROM person_id WHERE NOT is_global)");
        }
        for (String name : columns.names(connection)) {
            sql.execute("INSERT INTO person_event SELECT number FROM (" + columns.values(name, "user_id")
                    + ") WHERE id IN (SELECT id FROM person_id WHERE NOT is_global)");
            sql.execute("INSERT INTO person_event SELECT number FROM (" + columns.values(name, "global_user_id")
                    + ") WHERE id IN (SELECT id FROM person_id WHERE is_global)");
        }
    }

    private Forgotten remove(Connection connection, Statement sql) throws SQLException {
        String theirs = "number IN (SELECT number FROM person_event)";
        long requestCount;
        sql.execute("INSERT INTO forgotten SELECT number, " + hash("id::VARCHAR") + ", "
                + hash("id::VARCHAR || coalesce(event_fingerprint, '" + new UUID(0, 0) + "'::UUID)::VARCHAR")
                + ", collector_tstamp FROM (SELECT *,"
                + " coalesce(sent_event_id, event_id) AS id FROM event WHERE event_id IS NOT NULL AND "
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
        for (String origin : search.waiting()) {
            WaitingRequest request = store.waiting(origin).orElse(null);
            WaitingMatch match = request == null ? null : search.match(request);
            if (match != null) {
                WaitingRequest left = match.left();
                WaitingRequests.remove(connection, List.of(origin));
                WaitingRequests.write(connection, left == null ? List.of() : List.of(left));
                ForgottenKeys.writeUnindexed(connection, match.keys());
                removed += match.removed();
            }
        }
        return removed;
    }
}
