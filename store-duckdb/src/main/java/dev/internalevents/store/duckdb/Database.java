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
 * One open DuckDB database: the connection that writes, for one thread, and connections that read, for any number. After
 * {@link #close} no connection of it is left, so that the file can be opened again.
 */
final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String CATALOG = "collected";
    private static final int MAX_IDLE_READERS = 8;
    private static final String LOG_SUFFIX = ".wal";

    /** What DuckDB's messages begin with if it or the disk is in trouble, whatever the SQL and the rows were. */
    private static final List<String> TROUBLE =
            List.of("IO Error", "FATAL Error", "INTERNAL Error", "Resource In Use", "TransactionContext Error");

    private static final long CLOSE_NANOS = 10_000_000_000L;

    private final DuckDBConnection writing;
    private final @Nullable Path file;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Stays open once it is: closing any channel of the file would end the lock by which DuckDB has the file. */
    private @Nullable FileChannel reading;

    private Database(DuckDBConnection writing, @Nullable Path file) {
        this.writing = writing;
        this.file = file;
    }

    /**
     * Opens the database in a file, or in memory.
     *
     * @param rowGroup rows that are compressed together
     * @throws SQLException when it cannot be opened
     * @throws IOException when its folder cannot be written
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
            // An instance that stays open would keep the file from being opened again.
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
            // From here on no SQL reads or writes files, or loads code.
            sql.execute("SET enable_external_access = false");
            sql.execute("SET lock_configuration = true");
        }
    }

    /** The connection that writes; for the writing thread alone. */
    DuckDBConnection writing() {
        return writing;
    }

    /** Undoes what the open transaction of the writing connection did. Never throws. */
    void rollBack() {
        try {
            writing.rollback();
        } catch (SQLException e) {
            LOG.debug("nothing to roll back: {}", e.getMessage());
        }
    }

    /** Reads with a connection of one's own. Blocks; safe for use by any thread. */
    <T> T read(DuckDbEventStore.Reading<T> reading) {
        return read(reading, true);
    }

    /** Reads with a connection that is closed afterwards, together with whatever the SQL left in its session. */
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
                // Each question sees what is there when it is asked.
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

    /** Copies the file as it is, and its write-ahead log. For the writing thread, between two transactions. */
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
            // DuckDB locks its file alone.
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

    /** Whether DuckDB or the disk is in trouble, so that no other statement has a chance either. */
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

    /** Ends what readers ask, waits for them for up to ten seconds, and closes every connection. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
        long until = System.nanoTime() + CLOSE_NANOS;
        while (!busy.isEmpty() && System.nanoTime() - until < 0) {
            // Closing one that is in use ends its question.
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
