package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.MetricStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Collectors;

/** The tables: creates them, and refuses those of another version, and a database that cannot store every text. */
final class Schema {

    private static final int VERSION = 1;

    /** One process at a time creates the tables. Any other number would do that no other application uses. */
    private static final long CREATION_LOCK = 0x49E7_5C4E_0001L;

    private final PostgresAddress address;

    Schema(PostgresAddress address) {
        this.address = address;
    }

    /**
     * Returns whether the tables exist.
     *
     * @throws MetricStoreException if they are of another version
     */
    boolean exists(Sql sql) throws SQLException {
        // Not to_regclass: it may remember that the table does not exist, although another process has created it.
        try (PreparedStatement table = sql.prepare("SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c"
                        + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE c.relname = 'internal_events_version' AND (n.nspname = ?"
                        + " OR (? = '' AND pg_catalog.pg_table_is_visible(c.oid))))");
                ResultSet found = sql.query(table, address.schema(), address.schema())) {
            if (!found.next() || !found.getBoolean(1)) {
                return false;
            }
        }
        try (PreparedStatement version = sql.prepare("SELECT max(version) FROM $version");
                ResultSet found = sql.query(version)) {
            found.next();
            int number = found.getInt(1);
            if (number != VERSION) {
                String todo = number > VERSION
                        ? "update this library to the version that wrote them, or name another schema with schema=NAME"
                        : "drop the tables " + address.prefix() + "*, or name another schema with schema=NAME";
                throw new MetricStoreException(
                        address.name() + ": the tables have version " + number + ", expected " + VERSION + "; " + todo,
                        new IOException("version " + number));
            }
        }
        return true;
    }

    /**
     * Creates the tables if they do not exist, and returns true.
     *
     * @throws MetricStoreException if they are of another version, or the database is not in UTF-8
     */
    boolean create(Sql sql) throws SQLException {
        if (exists(sql)) {
            return true;
        }
        checkEncoding(sql);
        try (PreparedStatement lock = sql.prepare("SELECT pg_advisory_xact_lock(?)");
                ResultSet ignored = sql.query(lock, CREATION_LOCK)) {
            ignored.next();
        }
        if (!exists(sql)) {
            for (String statement : statements()) {
                sql.update(statement);
            }
        }
        return true;
    }

    /** In another encoding, one event with an emoji would block all that follow. */
    private void checkEncoding(Sql sql) throws SQLException {
        try (PreparedStatement setting = sql.prepare("SELECT current_setting('server_encoding')");
                ResultSet found = sql.query(setting)) {
            found.next();
            String encoding = found.getString(1);
            if (!"UTF8".equals(encoding)) {
                throw new MetricStoreException(
                        address.name() + ": the database has the encoding " + encoding
                                + ", expected UTF8, because events"
                                + " contain any text; create one with: CREATE DATABASE metrics ENCODING 'UTF8' TEMPLATE template0",
                        new IOException("encoding " + encoding));
            }
        }
    }

    private static String[] statements() {
        try (InputStream in = Objects.requireNonNull(Schema.class.getResourceAsStream("schema.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n"))
                    .strip()
                    .split(";\\s*");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
