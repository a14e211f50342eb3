package dev.internalevents.store.duckdb;

import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads DuckDB's native library. The driver unpacks it into the folder for temporary files on first use. A JVM can try
 * this only once: after a failure only a restart helps. Loading is therefore attempted only if there is enough space.
 */
final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    /** Space required for the library: it has 72 MB, and another version may have more. */
    private static final long NEEDED_BYTES = 100_000_000;

    private static final String FILES = "libduckdb_java*";

    /** Age at which a copy counts as left over. Another process may be about to load a newer one. */
    private static final Duration LEFT_OVER = Duration.ofHours(1);

    private static boolean loaded;
    /** Why loading failed; empty while it can still be tried. */
    private static String failure = "";

    private NativeLibrary() {}

    /**
     * Loads the library unless it is already loaded. Blocks while it is unpacked; safe for use by several threads.
     *
     * @throws StoreException if there is not enough space, in which case the call can be repeated, or if loading failed
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        Path folder = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        if (failure.isEmpty()) {
            deleteLeftOver(folder);
            checkRoom(folder);
            try {
                Class.forName("org.duckdb.DuckDBNative");
                loaded = true;
                return;
            } catch (ClassNotFoundException | LinkageError e) {
                failure = cause(e);
            }
        }
        throw new StoreException(
                "DuckDB's native library could not be unpacked to " + folder + " and loaded from there ("
                        + failure
                        + "). Requests are still accepted: they wait in the spool. The folder needs "
                        + NEEDED_BYTES / 1_000_000
                        + " MB and a file system that is not mounted noexec; correct that, or name another folder with"
                        + " -Djava.io.tmpdir=DIR in INTERNAL_EVENTS_JAVA_OPTS, and restart the collector",
                new IllegalStateException(failure));
    }

    private static void checkRoom(Path folder) {
        long free = folder.toFile().getUsableSpace();
        if (free < NEEDED_BYTES || !Files.isWritable(folder)) {
            throw new StoreException(
                    "DuckDB's native library needs " + NEEDED_BYTES / 1_000_000 + " MB in " + folder + ", which "
                            + (Files.isWritable(folder)
                                    ? "has " + free / 1_000_000 + " MB free"
                                    : "cannot be written to")
                            + ". Requests are still accepted: they wait in the spool. Make room there, or restart with"
                            + " another folder: -Djava.io.tmpdir=DIR in INTERNAL_EVENTS_JAVA_OPTS",
                    new IllegalStateException());
        }
    }

    /** Deletes copies left by killed JVMs; the driver deletes its copy when a JVM exits normally. */
    private static void deleteLeftOver(Path folder) {
        Instant before = Instant.now().minus(LEFT_OVER);
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, FILES)) {
            for (Path copy : copies) {
                if (Files.isRegularFile(copy)
                        && Files.getLastModifiedTime(copy).toInstant().isBefore(before)) {
                    Files.delete(copy);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("old copies of DuckDB's native library could not be deleted from {}", folder, e);
        }
    }

    private static String cause(Throwable e) {
        Throwable inner = e;
        for (Throwable next = e; next != null; next = next.getCause()) {
            inner = next;
        }
        return inner.toString();
    }
}
