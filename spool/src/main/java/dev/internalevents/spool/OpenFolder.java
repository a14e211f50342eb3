package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The folder of an open spool, with its lock and its id. Changes under the monitor of the {@link SpoolGate}. */
final class OpenFolder {

    private final SpoolGate gate;
    private final Path path;
    private FolderLock lock;
    private volatile UUID id;

    OpenFolder(SpoolGate gate, Path path, FolderLock lock, UUID id) {
        this.gate = gate;
        this.path = path;
        this.lock = lock;
        this.id = id;
    }

    Path path() {
        return path;
    }

    UUID id() {
        return id;
    }

    /** Writes a new id. */
    void rename() throws IOException {
        synchronized (gate) {
            id = SpoolId.create(path);
        }
    }

    /** Creates the folder, the lock and the id again, as far as they were deleted. */
    void restore() throws IOException {
        OwnerOnly.createFolder(path);
        if (!Files.exists(path.resolve(SpoolFolder.LOCK_FILE))) {
            lock.close();
            lock = FolderLock.take(path);
        }
        SpoolId.restore(path, id);
    }

    /** Creates the folder and the id again, as far as they were deleted, for a spool that is being closed. */
    void restoreForNextStart() throws IOException {
        OwnerOnly.createFolder(path);
        SpoolId.restore(path, id);
    }

    void unlock() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
