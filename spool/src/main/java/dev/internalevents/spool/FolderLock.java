package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An exclusive lock on a folder: an operating system lock on a file in it, which ends with the process. */
final class FolderLock implements AutoCloseable {

    /** The folders that this process has locked, as far as this class loader knows. */
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    /** Channels that stay open, because closing any channel of a file releases this process's lock on it. */
    private static final Queue<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** @throws SpoolInUseException with the owner's pid if the folder is already locked */
    static FolderLock take(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!TAKEN.add(real)) {
            throw new SpoolInUseException(folder, ProcessHandle.current().pid());
        }
        try {
            return new FolderLock(real, lock(folder));
        } catch (IOException | RuntimeException e) {
            TAKEN.remove(real);
            throw e;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve("lock");
        if (Files.isDirectory(file)) {
            // A folder cannot be locked, so no process uses this one as its lock.
            SetAside.move(file);
        }
        // Never rename a file here: a process of another user may have it locked.
        OwnerOnly.makeReadable(file);
        FileChannel channel = OwnerOnly.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try {
            if (channel.tryLock() == null) {
                long owner = owner(channel);
                channel.close();
                throw new SpoolInUseException(folder, owner);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (OverlappingFileLockException e) {
            // A spool of another class loader in this process has the lock.
            NEVER_CLOSED.add(channel);
            throw new SpoolInUseException(folder, ProcessHandle.current().pid());
        }
    }

    private static long owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        try {
            return Long.parseLong(new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        TAKEN.remove(folder);
        channel.close();
    }
}
