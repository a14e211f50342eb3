package dev.internalevents.collector.backup;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A temporary folder with copies of the files of a backup, made while nothing changes the originals. */
public final class BackupCopy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackupCopy.class);
    private static final String FOLDER = "backup-in-progress";

    private final Path folder;
    private final List<Part> parts = new ArrayList<>();

    /**
     * A file of the copy.
     *
     * @param name the name of the entry in the backup
     * @param file the file with its bytes
     * @param bytes the file's size
     */
    record Part(String name, Path file, long bytes) {}

    private BackupCopy(Path folder) {
        this.folder = folder;
    }

    /** Creates an empty copy in a collector's folder. */
    static BackupCopy in(Path data) throws IOException {
        deleteLeftOver(data);
        Path folder = data.resolve(FOLDER);
        OwnerOnly.createFolder(folder);
        return new BackupCopy(folder);
    }

    /** Deletes the remains of a copy that a killed process left behind. */
    public static void deleteLeftOver(Path data) throws IOException {
        FileTree.delete(data.resolve(FOLDER));
    }

    List<Part> parts() {
        return parts;
    }

    /**
     * Returns the path for a part that the caller writes itself, instead of {@link #add}; {@link #added} registers it.
     */
    Path place(String name) {
        return folder.resolve(name.replace('/', '-'));
    }

    void added(String name) throws IOException {
        Path file = place(name);
        parts.add(new Part(name, file, Files.size(file)));
    }

    /** Copies up to this many bytes from the start of a file; skips a missing file. */
    void add(String name, Path from, long bytes) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = OwnerOnly.create(place(name))) {
            for (long at = 0; at < bytes; ) {
                long copied = in.transferTo(at, bytes - at, out);
                if (copied <= 0) {
                    break;
                }
                at += copied;
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw failed(from, place(name), e);
        }
        added(name);
    }

    /** Returns an exception that names both files, which the operating system's message does not. */
    static IOException failed(Path from, Path to, IOException e) {
        return new IOException(from + " could not be copied to " + to + ": " + Reason.of(e), e);
    }

    /** Deletes the files. */
    @Override
    public void close() {
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted and will be deleted at the next start: {}", folder, e.toString());
        }
    }
}
