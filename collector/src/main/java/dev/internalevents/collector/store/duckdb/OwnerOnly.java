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
 * Files and folders that only their owner may read, on file systems with such permissions: events are personal data. The
 * folder is what protects files that DuckDB makes by itself, from the moment on that they are there.
 */
public final class OwnerOnly {

    private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);
    private static final String FOLDER = "rwx------";
    private static final String FILE = "rw-------";

    private OwnerOnly() {}

    /**
     * Makes a folder if it is not there, and restricts it and everything below it, whatever its permissions were. Links are
     * not followed below it. Logs a warning if the folder belongs to another user, who alone can restrict it.
     *
     * @throws IOException if the folder cannot be made
     */
    public static void folder(Path folder) throws IOException {
        create(folder);
        if (!isSet(folder, FOLDER)) {
            LOG.warn(
                    "{} can be read by others, and its permissions cannot be changed: it belongs to another user."
                            + " Files in it are restricted one by one; make the folder this user's, with mode 0700",
                    folder);
        }
        try {
            Path real = folder.toRealPath();
            Files.walkFileTree(real, new Below(real));
        } catch (IOException e) {
            LOG.warn("the permissions of the files below {} cannot be restricted: {}", folder, e.toString());
        }
    }

    /** Makes a folder that is not there, with no moment in which it is open to others. */
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

    /** Creates a file, which must not be there yet, for writing. */
    static FileChannel createFile(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        restrict(file);
        return channel;
    }

    /** Restricts a file, if it is there. */
    static void restrict(Path file) {
        isSet(file, FILE);
    }

    /** False only if the file system has permissions, and refuses these. */
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
            // It was deleted meanwhile, or is another user's.
            return FileVisitResult.CONTINUE;
        }
    }
}
