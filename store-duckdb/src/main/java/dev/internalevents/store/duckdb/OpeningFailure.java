package dev.internalevents.store.duckdb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Explains why DuckDB could not open a file. DuckDB throws plain {@link SQLException}s without codes, so causes are
 * distinguished by the text of the messages and by the state of the file.
 */
final class OpeningFailure {

    private static final Pattern WAL_POSITION = Pattern.compile("WAL file: entry at byte position (\\d+)");

    private final Path file;
    private final String message;

    OpeningFailure(Path file, Exception cause) {
        this.file = file;
        this.message = Database.firstLine(cause);
    }

    /** Returns what is wrong, where, and what to do. */
    String describe() {
        if (isInUse()) {
            return file + " is in use by another process; stop that process, or choose another folder";
        }
        return "the store " + file + " " + cause()
                + ". Requests are still accepted: they wait in the spool until the store can be opened. " + advice();
    }

    /** Returns whether another process has locked the file, or this process already has it open. */
    private boolean isInUse() {
        return message.startsWith("IO Error: Could not set lock on file")
                || message.startsWith("Resource In Use Error:")
                || message.startsWith("Binder Error: Unique file handle conflict");
    }

    private String cause() {
        if (Files.isDirectory(file)) {
            return "is a folder; expected a file";
        }
        if (isForbidden()) {
            return "may not be read or written by this user";
        }
        if (isDamaged()) {
            return "cannot be opened: it is damaged (" + message + ")";
        }
        return "cannot be opened: " + message;
    }

    private String advice() {
        if (Files.isDirectory(file)) {
            return "Move the folder away, and a new store is created, or put a copy of the file in its place";
        }
        return isForbidden()
                ? "Give the user that runs the collector the right to read and write the file and its folder"
                : "Move the file away (or restore a copy of it), and processing continues";
    }

    private boolean isForbidden() {
        boolean isClosed = Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file));
        return isClosed || message.toLowerCase(Locale.ROOT).contains("permission denied");
    }

    private boolean isDamaged() {
        return message.startsWith("Data Corruption Error:")
                || message.contains("not a valid DuckDB database file")
                || message.contains("Could not read enough bytes");
    }

    /**
     * Returns whether the file is intact but its write-ahead log is damaged. Missing log entries can make later
     * statements fail with any error, so every error while replaying the log counts, except those with another known
     * cause.
     */
    boolean isOfWriteAheadLog() {
        return message.contains("Failure while replaying WAL file")
                && !isForbidden()
                && !message.startsWith("Out of Memory Error")
                && !message.contains("No space left")
                && !message.contains("Too many open files");
    }

    /** Returns the byte position at which the damage of the write-ahead log begins, if DuckDB reports it. */
    OptionalLong damagedFrom() {
        Matcher position = WAL_POSITION.matcher(message);
        return position.find() ? OptionalLong.of(Long.parseLong(position.group(1))) : OptionalLong.empty();
    }

    String message() {
        return message;
    }

    static Path writeAheadLog(Path file) {
        return file.resolveSibling(file.getFileName() + ".wal");
    }
}
