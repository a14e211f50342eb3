package dev.internalevents.store.duckdb;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoreFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of an open store, and the write-ahead log next to it. */
final class DuckDbFile implements StoreFile, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DuckDbFile.class);

    private final Path file;
    private final Path log;
    private final Database database;

    /** Identifies the file that was opened; null if the file system cannot. */
    private final @Nullable Object key;

    /** Stays open once opened: closing any channel of the file would release DuckDB's lock on it. */
    private @Nullable FileChannel reading;

    /** @throws IOException if the file is gone or cannot be examined */
    DuckDbFile(Path file, Database database) throws IOException {
        this.file = file;
        this.log = OpeningFailure.writeAheadLog(file);
        this.database = database;
        this.key = keyOf(file);
    }

    @Override
    public Path folder() {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
    }

    @Override
    public long sizeOnDisk() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Moves the contents of the write-ahead log into the file, unless a reader prevents it. */
    @Override
    public void settle() {
        try {
            checkpoint();
        } catch (StoreException e) {
            LOG.debug("the write-ahead log was not moved into the store's file: {}", e.getMessage());
        }
    }

    /**
     * Copies the file, and its write-ahead log, if there is one, to the same name with {@code .wal} appended. Must be
     * called by the writing thread between two transactions.
     *
     * @param copy must not exist yet; only its owner can read it
     */
    @Override
    public void copyTo(Path copy) throws IOException {
        if (reading == null) {
            reading = FileChannel.open(file, StandardOpenOption.READ);
        }
        copy(reading, copy);
        if (Files.exists(log)) {
            // DuckDB does not lock the write-ahead log, so this channel may be closed.
            try (FileChannel in = FileChannel.open(log, StandardOpenOption.READ)) {
                copy(in, OpeningFailure.writeAheadLog(copy));
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

    /**
     * Checks that the file was not deleted or replaced: what is written to a deleted file is lost with the process.
     *
     * @throws StoreException if it was, or if that cannot be determined
     */
    void checkInPlace() {
        boolean isInPlace;
        try {
            isInPlace = Objects.equals(key, keyOf(file));
        } catch (NoSuchFileException e) {
            isInPlace = false;
        } catch (IOException e) {
            throw new StoreException("the store " + file + " cannot be examined: " + e + "; opening it again", e);
        }
        if (!isInPlace) {
            throw new StoreException(
                    "the store " + file + " was deleted or replaced while it was in use; opening the file that is there"
                            + " now, or creating a new one",
                    new IllegalStateException());
        }
    }

    private static @Nullable Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /**
     * Restricts access to the write-ahead log: DuckDB creates it again after each checkpoint, with default permissions.
     */
    void restrictLog() {
        if (Files.exists(log)) {
            OwnerOnly.restrict(log);
        } else {
            // Either a checkpoint has removed the log, and this one does nothing, or the log was deleted while in use,
            // and its contents would be lost with the process.
            checkpoint();
        }
    }

    /** Moves new rows from the write-ahead log into the file. */
    void checkpoint() {
        try (Statement sql = database.writing().createStatement()) {
            sql.execute("CHECKPOINT");
            // CHECKPOINT may or may not leave its transaction open.
            database.rollBack();
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("written", e);
        }
    }

    /** Returns the bytes of the file that are in use; removed events leave unused ones. */
    long usedBytes() {
        return database.first("SELECT block_size * used_blocks FROM pragma_database_size()", size -> size.getLong(1))
                .orElse(0L);
    }

    /** Releases the file. Must be called after the database is closed. */
    @Override
    public void close() {
        try (FileChannel open = reading) {
            reading = null;
        } catch (IOException e) {
            LOG.debug("the store's file did not close: {}", e.getMessage());
        }
    }
}
