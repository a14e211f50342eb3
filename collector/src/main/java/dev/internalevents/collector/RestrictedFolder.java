package dev.internalevents.collector;

import dev.internalevents.spool.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that only its owner may read, with everything in it: events are personal data. The folder also protects the
 * files that DuckDB creates by itself, from the moment they exist.
 */
final class RestrictedFolder extends SimpleFileVisitor<Path> {

    private static final Logger LOG = LoggerFactory.getLogger(RestrictedFolder.class);

    private final Path folder;

    private RestrictedFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates a folder if it is missing, and restricts it and everything below it, whatever its permissions were. Does
     * not follow links below it. Logs a warning if the folder belongs to another user, who alone can restrict it.
     *
     * @throws IOException if the folder cannot be created
     */
    static void create(Path folder) throws IOException {
        OwnerOnly.createFolder(folder);
        if (!OwnerOnly.restrictFolder(folder)) {
            LOG.warn(
                    "{} can be read by others, and its permissions cannot be changed: it belongs to another user."
                            + " Files in it are restricted one by one; make the folder this user's, with mode 0700",
                    folder);
        }
        try {
            Path real = folder.toRealPath();
            Files.walkFileTree(real, new RestrictedFolder(real));
        } catch (IOException e) {
            LOG.warn("the permissions of the files below {} cannot be restricted: {}", folder, e.toString());
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
        return path.equals(folder) || OwnerOnly.restrictFolder(path)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            OwnerOnly.restrict(path);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
        // It was deleted in the meantime, or belongs to another user.
        return FileVisitResult.CONTINUE;
    }
}
