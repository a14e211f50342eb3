package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.EventKey;
import dev.internalevents.store.ForgottenKey;
import dev.internalevents.store.StoredIds;
import dev.internalevents.store.StoredKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The ids of stored events, and of forgotten ones. Changes of forgotten ones are for the writing thread, reading is for
 * any thread.
 */
final class StoredEventIds implements StoredIds {

    private final Database database;
    private final Columns columns;
    private final ForgottenKeys forgotten;

    StoredEventIds(OpenStore store) {
        this.database = store.database();
        this.columns = store.columns();
        this.forgotten = store.forgotten();
    }

    /** Returns the keys of the events that have one of these ids, as it was sent or derived; without times. */
    List<StoredKey> known(Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        String list = "(" + Sql.literals(ids) + ")";
        String key = ", event_fingerprint, number, valid FROM event WHERE " + once();
        return database.list(
                "SELECT event_id" + key + "event_id IN " + list
                        + " AND sent_event_id IS NULL"
                        + " UNION ALL SELECT sent_event_id" + key + "sent_event_id IN " + list,
                row -> new StoredKey(row.getLong(3), eventKey(row, 1, 2), Instant.MAX, row.getBoolean(4)));
    }

    /** Returns the keys of the stored events with these numbers; numbers that are not in the store are left out. */
    @Override
    public List<StoredKey> keysOf(Collection<Long> numbers) {
        return numbers.isEmpty()
                ? List.of()
                : database.list(keys(Sql.isIn("number", numbers)), StoredEventIds::storedKey);
    }

    @Override
    public void keysBetween(long first, long last, Consumer<StoredKey> each) {
        database.read(connection -> {
            Sql.forEach(
                    connection,
                    keys("number BETWEEN " + first + " AND " + last + " ORDER BY number"),
                    row -> each.accept(storedKey(row)));
            return true;
        });
    }

    private String keys(String condition) {
        return "SELECT number, coalesce(sent_event_id, event_id), event_fingerprint, epoch_ms(collector_tstamp), valid"
                + " FROM event WHERE event_id IS NOT NULL AND " + once() + condition;
    }

    private String once() {
        return columns.once().map(once -> once + " AND ").orElse("");
    }

    private static StoredKey storedKey(ResultSet row) throws SQLException {
        return new StoredKey(
                row.getLong(1), eventKey(row, 2, 3), Instant.ofEpochMilli(row.getLong(4)), row.getBoolean(5));
    }

    private static EventKey eventKey(ResultSet row, int id, int fingerprint) throws SQLException {
        UUID digits = (UUID) row.getObject(fingerprint);
        if (digits == null) {
            return EventKey.derived((UUID) row.getObject(id));
        }
        return new EventKey(
                (UUID) row.getObject(id), digits.getMostSignificantBits(), digits.getLeastSignificantBits());
    }

    @Override
    public Optional<Long> firstSince(Instant time) {
        return database.first(
                        "SELECT min(number) FROM event WHERE collector_tstamp >= ?",
                        Sql::optionalLong,
                        Sql.timestamp(time))
                .flatMap(number -> number);
    }

    @Override
    public List<ForgottenKey> forgottenWithNumbers(Collection<Long> numbers) {
        return forgotten.withNumbers(numbers);
    }

    @Override
    public boolean hasUnindexedForgotten() {
        return forgotten.hasUnindexed();
    }

    @Override
    public void forgottenAreNotIndexed(long firstNumber) {
        forgotten.notIndexedFrom(firstNumber);
    }
}
