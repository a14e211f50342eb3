package dev.internalevents.collector.backup;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.SpoolFolder;
import dev.internalevents.spool.SpoolInUseException;
import dev.internalevents.store.FileTree;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Restores a backup into a folder for a collector. While it writes, it holds the lock of the folder's spool, which a
 * collector takes when it starts, and the folder contains a marker until everything is on the disk. A collector refuses
 * to start on a folder with the marker, so the remains of a killed restore are never taken for a complete one.
 */
public final class Restore {

    private static final String MARKER = "restoring";
    private static final String SPOOL = "spool";
    private static final int BUFFER_BYTES = 1 << 16;

    /** The names that a restore creates in the folder. */
    private static final List<String> MADE = List.of(
            BackupNames.STORE,
            BackupNames.STORE_LOG,
            BackupNames.COUNTERS,
            BackupNames.SERVICE_PING,
            BackupNames.LAKE_ID,
            BackupNames.LAKE_RETRIED,
            BackupNames.LAKE_FORGET,
            SPOOL);

    private Restore() {}

    /**
     * Restores a backup. Blocks while the file is read twice: it is checked completely before the first file is
     * written.
     *
     * @param folder a folder that is missing, empty, or left by an unfinished restore
     * @return the contents of the backup
     * @throws IOException if the file is not a complete backup, if the folder contains something else or is in use, or
     *     if there is no room; then nothing is changed. Also if a file cannot be written; then the restore is
     *     unfinished
     */
    public static BackupReader.Contents restore(Path backup, Path folder) throws IOException {
        checkFolder(folder);
        FullLengths lengths = new FullLengths();
        BackupReader.Contents checked;
        try (InputStream in = open(backup)) {
            checked = BackupReader.read(in, lengths);
        }
        long needed = checked.bytes() + lengths.missing();
        Path spool = folder.resolve(SPOOL);
        if (!isUnfinished(folder)) {
            checkRoom(folder, needed);
        }
        OwnerOnly.createFolder(spool);
        try (SpoolFolder.Lock lock = lock(folder)) {
            // Check again: before the lock was taken, a collector could have started here and stopped.
            checkFolder(folder);
            deleteUnfinished(folder);
            checkRoom(folder, needed);
            mark(folder);
            extract(backup, folder, checked);
            Files.delete(folder.resolve(MARKER));
            OwnerOnly.forceNames(folder);
        }
        return checked;
    }

    /**
     * Checks that a folder contains no unfinished restore.
     *
     * @throws IOException if it does; the message says what to do
     */
    public static void checkFinished(Path folder) throws IOException {
        if (isUnfinished(folder)) {
            throw new IOException("a restore into " + folder
                    + " was not finished; run it again: internal-events restore FILE --data " + folder);
        }
    }

    /**
     * Checks that no restore into a folder is running or unfinished. Must not be called by a process that has the
     * folder's spool open.
     *
     * @throws IOException if there is one; the message says what to do
     */
    public static void checkNone(Path folder) throws IOException {
        if (isUnfinished(folder) && Files.isDirectory(folder.resolve(SPOOL))) {
            try (SpoolFolder.Lock lock = SpoolFolder.lock(folder.resolve(SPOOL))) {
                checkFinished(folder);
            } catch (SpoolInUseException e) {
                throw new IOException(
                        "a restore into " + folder + " is running" + process(e)
                                + "; start the collector when it has finished",
                        e);
            }
        }
        checkFinished(folder);
    }

    private static boolean isUnfinished(Path folder) {
        return Files.exists(folder.resolve(MARKER), LinkOption.NOFOLLOW_LINKS);
    }

    private static InputStream open(Path backup) throws IOException {
        // Files.newInputStream cannot read a pipe through a buffer.
        return new BufferedInputStream(new FileInputStream(backup.toFile()), BUFFER_BYTES);
    }

    private static void checkFolder(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + " is not a folder; choose one that is missing or empty");
        }
        boolean unfinished = isUnfinished(folder);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path one : all) {
                String name = one.getFileName().toString();
                boolean ours = name.equals(SPOOL)
                        ? isOurs(one, unfinished)
                        : unfinished && (name.equals(MARKER) || MADE.contains(name));
                if (!ours) {
                    throw new IOException(folder + " is not empty (it contains " + name
                            + "); a backup is restored into a folder that is missing or empty");
                }
            }
        }
    }

    /** Returns whether a spool folder contains only what a restore creates there. */
    private static boolean isOurs(Path spool, boolean unfinished) throws IOException {
        if (!Files.isDirectory(spool, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(spool)) {
            for (Path one : all) {
                // A process that is killed right after it took the lock leaves only the lock file.
                if (!unfinished && !one.getFileName().toString().equals(SpoolFolder.LOCK_FILE)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void checkRoom(Path folder, long needed) throws IOException {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        long free = Files.getFileStore(there).getUsableSpace();
        if (free < needed) {
            throw new IOException("the backup needs " + needed + " bytes, and the file system of " + folder + " has "
                    + free + " free; make room, or choose another folder");
        }
    }

    private static SpoolFolder.Lock lock(Path folder) throws IOException {
        try {
            return SpoolFolder.lock(folder.resolve(SPOOL));
        } catch (SpoolInUseException e) {
            throw new IOException(
                    isUnfinished(folder)
                            ? "another restore into " + folder + " is running" + process(e)
                                    + "; wait until it has finished"
                            : folder + " is in use" + process(e) + " by a collector or another restore"
                                    + "; choose another folder, or stop it and empty the folder",
                    e);
        }
    }

    private static String process(SpoolInUseException e) {
        return e.pid() < 0 ? "" : " (process " + e.pid() + ")";
    }

    /** Deletes the files of an unfinished restore, except the lock, which this process holds. */
    private static void deleteUnfinished(Path folder) throws IOException {
        for (String name : MADE) {
            if (!name.equals(SPOOL)) {
                FileTree.delete(folder.resolve(name));
            }
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.resolve(SPOOL))) {
            for (Path one : all) {
                if (!one.getFileName().toString().equals(SpoolFolder.LOCK_FILE)) {
                    FileTree.delete(one);
                }
            }
        }
    }

    private static void mark(Path folder) throws IOException {
        if (isUnfinished(folder)) {
            return;
        }
        try (FileChannel marker = OwnerOnly.create(folder.resolve(MARKER))) {
            marker.write(StandardCharsets.US_ASCII.encode("A restore into this folder is not finished.\n"));
            marker.force(true);
        }
        OwnerOnly.forceNames(folder);
    }

    private static void extract(Path backup, Path folder, BackupReader.Contents checked) throws IOException {
        try (InputStream in = open(backup)) {
            BackupReader.Contents read = BackupReader.read(
                    in,
                    name -> BackupNames.isSegment(name)
                            ? RestoredFile.segment(folder.resolve(name))
                            : RestoredFile.of(folder.resolve(name)));
            if (!read.equals(checked)) {
                throw new IOException(backup + " changed while it was read; restore it again");
            }
        } catch (RestoredFile.NotWrittenException e) {
            throw new IOException(
                    e.getMessage() + "; the restore into " + folder
                            + " is not finished: make sure that there is room, and run it again",
                    e);
        }
        OwnerOnly.forceNames(folder.resolve(SPOOL));
        OwnerOnly.forceNames(folder);
    }
}
