package dev.internalevents.store.duckdb;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.ReadLimit;
import dev.internalevents.store.RefusedException;
import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open DuckDB database: one connection for the writing thread, and connections for any number of reading threads.
 * {@link #close} closes all of them, so that the file can be opened again.
 */
final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String CATALOG = "collected";
    private static final int MAX_IDLE_READERS = 8;

    /** Prefixes of DuckDB messages that report trouble with DuckDB or the disk, independent of the SQL and the rows. */
    private static final List<String> TROUBLE = List.of(
            "IO Error",
            "FATAL Error",
            "INTERNAL Error",
            "Resource In Use",
            "TransactionContext Error",
            // Of a query that a close of the store ends
            "ResultSet was closed",
            "Statement was closed",
            "Connection was closed");

    private static final long CLOSE_NANOS = 10_000_000_000L;

    private final DuckDBConnection writing;
    private final Path file;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private Database(DuckDBConnection writing, Path file) {
        this.writing = writing;
        this.file = file;
    }

    /**
     * Opens the database in a file.
     *
     * @throws SQLException if it cannot be opened
     * @throws IOException if its folder cannot be written
     */
    static Database open(Path file, DuckDbEventStore.Settings settings) throws SQLException, IOException {
        NativeLibrary.load();
        Properties properties = new Properties();
        properties.setProperty("threads", String.valueOf(settings.threads()));
        properties.setProperty("memory_limit", settings.memoryBytes() / 1_000_000 + "MB");
        properties.setProperty("async_threads", "0");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        DuckDBConnection connection = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", properties);
        try {
            attach(connection, file);
            return new Database(connection, file);
        } catch (SQLException | IOException | RuntimeException | Error e) {
            // An instance that stays open would prevent the file from being opened again.
            discard(connection);
            throw e;
        }
    }

    private static void attach(DuckDBConnection connection, Path file) throws SQLException, IOException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("ATTACH " + Column.literal(file.toAbsolutePath().toString()) + " AS " + CATALOG
                    + " (ROW_GROUP_SIZE " + DuckDbEventStore.ROW_GROUP + ")");
            sql.execute("USE " + CATALOG);
            OwnerOnly.restrict(file);
            Path temporary = file.resolveSibling("temporary").toAbsolutePath();
            OwnerOnly.createFolder(temporary);
            sql.execute("SET temp_directory = " + Column.literal(temporary.toString()));
            // From here on SQL can neither read nor write files, nor load code.
            sql.execute("SET enable_external_access = false");
            sql.execute("SET lock_configuration = true");
        }
    }

    /** Returns the writing connection, for use only by the writing thread. */
    DuckDBConnection writing() {
        return writing;
    }

    /** Rolls back the open transaction of the writing connection. Failures are only logged. */
    void rollBack() {
        try {
            writing.rollback();
        } catch (SQLException e) {
            LOG.debug("nothing to roll back: {}", e.getMessage());
        }
    }

    /**
     * Runs and commits a transaction, and rolls it back if it fails. For the writing thread.
     *
     * @param what what fails: the store cannot be "written", "changed", "cleaned"
     */
    <T> T transaction(String what, DuckDbEventStore.Reading<T> work) {
        try {
            T result = work.read(writing);
            writing.commit();
            return result;
        } catch (SQLException e) {
            rollBack();
            throw failed(what, e);
        } catch (RuntimeException | Error e) {
            rollBack();
            throw e;
        }
    }

    /** Reads the rows of a query with a pooled connection. Blocks; may be called by any thread. */
    <T> List<T> list(String query, Sql.Row<T> row, Object... parameters) {
        return read(connection -> Sql.list(connection, query, row, parameters));
    }

    /** Reads the first row of a query with a pooled connection. Blocks; may be called by any thread. */
    <T> Optional<T> first(String query, Sql.Row<T> row, Object... parameters) {
        return read(connection -> Sql.first(connection, query, row, parameters));
    }

    /** Reads with a pooled connection. Blocks; may be called by any thread. */
    <T> T read(DuckDbEventStore.Reading<T> reading) {
        return read(reading, true);
    }

    /** Reads with a connection that is closed afterwards, which discards the session state left by the SQL. */
    <T> T readAlone(DuckDbEventStore.Reading<T> reading) {
        return read(reading, false);
    }

    private <T> T read(DuckDbEventStore.Reading<T> reading, boolean pooled) {
        ReadLimit limit = ReadLimit.current();
        Connection connection = null;
        boolean usable = false;
        try {
            connection = borrow(pooled);
            T read = limit == null ? reading.read(connection) : limited(limit, connection, reading);
            usable = pooled && (limit == null || !limit.isOver());
            return read;
        } catch (SQLException e) {
            throw limit != null && limit.isOver() ? limit.exceeded(e) : failed("read", e);
        } finally {
            giveBack(connection, usable);
        }
    }

    private static <T> T limited(ReadLimit limit, Connection connection, DuckDbEventStore.Reading<T> reading)
            throws SQLException {
        // Closing a connection in use cancels its query.
        Runnable stop = () -> discard(connection);
        limit.begin(stop);
        try {
            return reading.read(connection);
        } finally {
            limit.ended(stop);
        }
    }

    private Connection borrow(boolean pooled) throws SQLException {
        if (closed) {
            throw new SQLException("the store was closed; it is being opened again");
        }
        Connection connection = pooled ? idle.poll() : null;
        if (connection == null) {
            connection = writing.duplicate();
            try {
                // Each query sees the data committed when it starts.
                connection.setAutoCommit(true);
                connection.setCatalog(CATALOG);
            } catch (SQLException | RuntimeException | Error e) {
                discard(connection);
                throw e;
            }
        }
        busy.add(connection);
        return connection;
    }

    private void giveBack(@Nullable Connection connection, boolean usable) {
        if (connection == null) {
            return;
        }
        if (usable && !closed && idle.size() < MAX_IDLE_READERS) {
            idle.push(connection);
            busy.remove(connection);
            if (closed) {
                closeIdle();
            }
        } else {
            discard(connection);
            busy.remove(connection);
        }
    }

    /** Returns the exception for a failed statement: a {@link RefusedException} if other statements may succeed. */
    StoreException failed(String what, Exception e) {
        String message = firstLine(e);
        String whole = "the store " + file + " cannot be " + what + ": " + message;
        return isTrouble(e)
                ? new StoreException(whole, e)
                : new RefusedException(whole, e, message.startsWith("Out of Memory Error"));
    }

    /** Returns whether DuckDB or the disk is in trouble, so that other statements would fail too. */
    static boolean isTrouble(Exception e) {
        String message = firstLine(e);
        return TROUBLE.stream().anyMatch(message::startsWith) || message.contains("No space left");
    }

    /** Returns the first line of DuckDB's message; the others quote the statement. */
    static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void discard(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("a connection did not close: {}", e.getMessage());
        }
    }

    private void closeIdle() {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            discard(connection);
        }
    }

    /** Cancels running queries, waits up to ten seconds for them to end, and closes every connection. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
        long until = System.nanoTime() + CLOSE_NANOS;
        while (!busy.isEmpty() && System.nanoTime() - until < 0) {
            // Closing a connection in use cancels its query.
            busy.forEach(Database::discard);
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        rollBack();
        discard(writing);
    }
}
