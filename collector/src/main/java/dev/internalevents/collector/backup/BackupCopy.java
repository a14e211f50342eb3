package dev.internalevents.collector.backup;

import dev.internalevents.spool.OwnerOnly;
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

/** The files of a backup, copied into a folder of their own while nothing changes them. */
public final class BackupCopy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackupCopy.class);
    private static final String FOLDER = "backup-in-progress";

    private final Path folder;
    private final List<Part> parts = new ArrayList<>();

    /**
     * A file of the copy.
     *
     * @param name of the entry in the backup
     * @param file that has its bytes
     * @param bytes how many
     */
    record Part(String name, Path file, long bytes) {}

    private BackupCopy(Path folder) {
        this.folder = folder;
    }

    /** Begins a copy in a collector's folder; it has nothing yet. */
    static BackupCopy in(Path data) throws IOException {
        deleteLeftOver(data);
        Path folder = data.resolve(FOLDER);
        OwnerOnly.createFolder(folder);
        return new BackupCopy(folder);
    }

    /** Deletes what a process that was killed left of a copy. */
    public static void deleteLeftOver(Path data) throws IOException {
        FileTree.delete(data.resolve(FOLDER));
    }

    List<Part> parts() {
        return parts;
    }

    /** Where a part goes that is not copied with {@link #add}; {@link #added} takes it in. */
    Path place(String name) {
        return folder.resolve(name.replace('/', '-'));
    }

    void added(String name) throws IOException {
        Path file = place(name);
        parts.add(new Part(name, file, Files.size(file)));
    }

    /** Copies a file's first bytes; a file that is not there is left out. */
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

    /** What the operating system says of a file is without its name. */
    static IOException failed(Path from, Path to, IOException e) {
        return new IOException(from + " could not be copied to " + to + ": " + Reason.of(e), e);
    }

    /** Deletes the files. */
    @Override
    public void close() {
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted, and is deleted at the next start: {}", folder, e.toString());
        }
    }
}
