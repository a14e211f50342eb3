package dev.internalevents.store.duckdb;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.RefusedException;
import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
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
 * An open DuckDB database: one connection for the writing thread, and connections for any number of reading threads. {@link #close} closes
 * all of them, so that the file can be opened again.
 */
final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String CATALOG = "collected";
    private static final int MAX_IDLE_READERS = 8;
    private static final String LOG_SUFFIX = ".wal";

    /** Prefixes of DuckDB messages that report trouble with DuckDB or the disk, independent of the SQL and the rows. */
    private static final List<String> TROUBLE =
            List.of("IO Error", "FATAL Error", "INTERNAL Error", "Resource In Use", "TransactionContext Error");

    private static final long CLOSE_NANOS = 10_000_000_000L;

    private final DuckDBConnection writing;
    private final @Nullable Path file;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Stays open once opened: closing any channel of the file would release DuckDB's lock on it. */
    private @Nullable FileChannel reading;

    private Database(DuckDBConnection writing, @Nullable Path file) {
        this.writing = writing;
        this.file = file;
    }

    /**
     * Opens the database in a file, or in memory.
     *
     * @param rowGroup number of rows that are compressed together
     * @throws SQLException if it cannot be opened
     * @throws IOException if its folder cannot be written
     */
    static Database open(@Nullable Path file, DuckDbEventStore.Settings settings, int rowGroup)
            throws SQLException, IOException {
        NativeLibrary.load();
        Properties properties = new Properties();
        properties.setProperty("threads", String.valueOf(settings.threads()));
        properties.setProperty("memory_limit", settings.memoryBytes() / 1_000_000 + "MB");
        properties.setProperty("async_threads", "0");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        DuckDBConnection connection = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", properties);
        try {
            attach(connection, file, rowGroup);
            return new Database(connection, file);
        } catch (SQLException | IOException | RuntimeException | Error e) {
            // An instance that stays open would prevent the file from being opened again.
            discard(connection);
            throw e;
        }
    }

    private static void attach(DuckDBConnection connection, @Nullable Path file, int rowGroup)
            throws SQLException, IOException {
        String place = file == null ? ":memory:" : file.toAbsolutePath().toString();
        String options = file == null ? "" : " (ROW_GROUP_SIZE " + rowGroup + ")";
        try (Statement sql = connection.createStatement()) {
            sql.execute("ATTACH " + Column.literal(place) + " AS " + CATALOG + options);
            sql.execute("USE " + CATALOG);
            if (file != null) {
                OwnerOnly.restrict(file);
                Path temporary = file.resolveSibling("temporary").toAbsolutePath();
                OwnerOnly.createFolder(temporary);
                sql.execute("SET temp_directory = " + Column.literal(temporary.toString()));
            }
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

    /** Reads with a pooled connection. Blocks; may be called by any thread. */
    <T> T read(DuckDbEventStore.Reading<T> reading) {
        return read(reading, true);
    }

    /** Reads with a connection that is closed afterwards, which discards the session state left by the SQL. */
    <T> T readAlone(DuckDbEventStore.Reading<T> reading) {
        return read(reading, false);
    }

    private <T> T read(DuckDbEventStore.Reading<T> reading, boolean pooled) {
        Connection connection = null;
        boolean usable = false;
        try {
            connection = borrow(pooled);
            T read = reading.read(connection);
            usable = pooled;
            return read;
        } catch (SQLException e) {
            throw failed("read", e);
        } finally {
            giveBack(connection, usable);
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

    /** Copies the file as it is, and its write-ahead log. Must be called by the writing thread between two transactions. */
    void copyTo(Path copy) throws IOException {
        Path from = file;
        if (from == null) {
            throw new IllegalStateException("a store in memory has no file");
        }
        if (reading == null) {
            reading = FileChannel.open(from, StandardOpenOption.READ);
        }
        copy(reading, copy);
        Path log = from.resolveSibling(from.getFileName() + LOG_SUFFIX);
        if (Files.exists(log)) {
            // DuckDB does not lock the write-ahead log, so this channel may be closed.
            try (FileChannel in = FileChannel.open(log, StandardOpenOption.READ)) {
                copy(in, copy.resolveSibling(copy.getFileName() + LOG_SUFFIX));
            }
        }
    }

    private static void copy(FileChannel in, Path to) throws IOException {
        try (FileChannel out = OwnerOnly.create(to)) {
            long size = in.size();
            for (long at = 0; at < size; ) {
                at += in.transferTo(at, size - at, out);
            }
        }
    }

    private void closeFile() {
        try (FileChannel open = reading) {
            reading = null;
        } catch (IOException e) {
            LOG.debug("the store's file did not close: {}", e.getMessage());
        }
    }

    StoreException failed(String what, Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String whole = "the store " + (file == null ? "in memory" : file) + " cannot be " + what + ": " + message;
        return isTrouble(e)
                ? new StoreException(whole, e)
                : new RefusedException(whole, e, message.startsWith("Out of Memory Error"));
    }

    /** Returns whether DuckDB or the disk is in trouble, so that other statements would fail too. */
    static boolean isTrouble(Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return TROUBLE.stream().anyMatch(message::startsWith) || message.contains("No space left");
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
        closeFile();
    }
}
