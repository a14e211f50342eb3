package dev.internalevents.collector.store.duckdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restricts files and folders to their owner, on file systems with POSIX permissions, because events are personal data. Files that DuckDB
 * creates itself are protected by their folder from the start.
 */
public final class OwnerOnly {

    private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);
    private static final String FOLDER = "rwx------";
    private static final String FILE = "rw-------";

    private OwnerOnly() {}

    /**
     * Creates a folder if it does not exist, and restricts it and everything below it, whatever the permissions were. Does not follow links
     * below it. Logs a warning if the folder belongs to another user, because only that user can restrict it.
     *
     * @throws IOException if the folder cannot be created
     */
    public static void folder(Path folder) throws IOException {
        create(folder);
        if (!isSet(folder, FOLDER)) {
            LOG.warn(
                    "{} can be read by others, and its permissions cannot be changed: it belongs to another user."
                            + " Files in it are restricted one by one; make this user its owner, and its mode 0700",
                    folder);
        }
        try {
            Path real = folder.toRealPath();
            Files.walkFileTree(real, new Below(real));
        } catch (IOException e) {
            LOG.warn("the permissions of the files below {} cannot be restricted: {}", folder, e.toString());
        }
    }

    /** Creates a folder if it does not exist; it is restricted from the start. */
    static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FOLDER)));
        } catch (UnsupportedOperationException e) {
            Files.createDirectories(folder);
        }
    }

    /** Creates a file, which must not exist yet, and opens it for writing. */
    static FileChannel createFile(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        restrict(file);
        return channel;
    }

    /** Restricts a file, if it exists. Failures are ignored. */
    static void restrict(Path file) {
        isSet(file, FILE);
    }

    /** Sets permissions; returns false only if the file system supports permissions but they could not be set. */
    private static boolean isSet(Path path, String permissions) {
        try {
            if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                    .equals(permissions)) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            }
            return true;
        } catch (UnsupportedOperationException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static final class Below extends SimpleFileVisitor<Path> {
        private final Path folder;

        private Below(Path folder) {
            this.folder = folder;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return path.equals(folder) || isSet(path, FOLDER) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
                isSet(path, FILE);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
            // The file was deleted meanwhile, or belongs to another user.
            return FileVisitResult.CONTINUE;
        }
    }
}
