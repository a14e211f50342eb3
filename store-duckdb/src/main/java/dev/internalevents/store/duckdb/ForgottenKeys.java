package dev.internalevents.store.duckdb;

import dev.internalevents.store.ForgottenKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The keys of forgotten events. The writing thread changes them, others read. */
final class ForgottenKeys {

    private final Database database;
    private volatile boolean isEmpty;

    /** Whether some keys have no number in the index of event ids. */
    private volatile boolean hasUnindexed;

    /** Creates the object for an open store; {@link #look} must be called before it is used. */
    ForgottenKeys(Database database) {
        this.database = database;
    }

    static void create(Statement sql) throws SQLException {
        sql.execute(
                "CREATE TABLE IF NOT EXISTS forgotten(number BIGINT, id_hash UUID, key_hash UUID, received TIMESTAMP)");
    }

    /** Looks whether there are keys, in the open transaction. */
    void look() throws SQLException {
        Sql.forEach(database.writing(), "SELECT count(*), count(*) FILTER (WHERE number = 0) FROM forgotten", found -> {
            isEmpty = found.getLong(1) == 0;
            hasUnindexed = found.getLong(2) > 0;
        });
    }

    boolean hasUnindexed() {
        return hasUnindexed;
    }

    List<ForgottenKey> withIds(Collection<UUID> ids) {
        return isEmpty || ids.isEmpty()
                ? List.of()
                : where("id_hash IN (SELECT unnest(["
                        + Sql.literals(ids.stream().map(ForgottenKey::ofId).toList()) + "]::UUID[]))");
    }

    List<ForgottenKey> withNumbers(Collection<Long> numbers) {
        return isEmpty || numbers.isEmpty() ? List.of() : where(Sql.isIn("number", numbers));
    }

    private List<ForgottenKey> where(String condition) {
        return database.list(
                "SELECT number, id_hash, key_hash, epoch_ms(received) FROM forgotten WHERE " + condition,
                key -> new ForgottenKey(
                        key.getLong(1),
                        (UUID) key.getObject(2),
                        (UUID) key.getObject(3),
                        Instant.ofEpochMilli(key.getLong(4))));
    }

    /** Notes that an index that was created anew cannot contain the keys from this number on. */
    void notIndexedFrom(long firstNumber) {
        change("UPDATE forgotten SET number = 0 WHERE number >= " + firstNumber);
    }

    void dropBefore(Instant time) {
        change("DELETE FROM forgotten WHERE received < " + Sql.timestampLiteral(time));
    }

    private void change(String statement) {
        if (!isEmpty) {
            database.transaction("changed", writing -> {
                Sql.execute(writing, statement);
                look();
                return true;
            });
        }
    }

    /** Writes keys that no number leads to, in the open transaction. */
    static void writeUnindexed(Connection connection, List<ForgottenKey> keys) throws SQLException {
        try (PreparedStatement sql =
                connection.prepareStatement("INSERT INTO forgotten VALUES (0, ?::UUID, ?::UUID, ?)")) {
            for (ForgottenKey key : keys) {
                sql.setString(1, key.idHash().toString());
                sql.setString(2, key.keyHash().toString());
                sql.setObject(3, Sql.timestamp(key.received()));
                sql.execute();
            }
        }
    }
}
