package dev.internalevents.collector.backup;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Puts a backup into a folder for a collector. A marker is in the folder until everything is on the disk, and no
 * collector starts on a folder that has it: a restore that was killed leaves nothing that could be taken for whole.
 */
public final class Restore {

    private static final String MARKER = "restoring";
    private static final int BUFFER_BYTES = 1 << 16;

    /** What a restore puts into the folder. */
    private static final List<String> MADE = List.of(
            BackupNames.STORE,
            BackupNames.STORE_LOG,
            BackupNames.COUNTERS,
            BackupNames.SERVICE_PING,
            BackupNames.SPOOL);

    private Restore() {}

    /**
     * Restores a backup. Blocks while the file is read twice: all of it is checked before the first file is written.
     *
     * @param folder missing, empty, or left by a restore that was not finished
     * @return what was restored
     * @throws IOException if the file is not a whole backup, if the folder has something else, or if there is no room
     */
    public static BackupReader.Contents restore(Path backup, Path folder) throws IOException {
        checkFolder(folder);
        BackupReader.Contents checked;
        try (InputStream in = open(backup)) {
            checked = BackupReader.check(in);
        }
        OwnerFiles.createFolders(folder);
        checkRoom(folder, checked.bytes());
        try (FileChannel marker =
                FileChannel.open(folder.resolve(MARKER), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(marker, folder);
            marker.write(StandardCharsets.US_ASCII.encode("A restore into this folder is not finished.\n"));
            marker.force(true);
            OwnerFiles.forceNames(folder);
            checkFolder(folder);
            for (String name : MADE) {
                OwnerFiles.delete(folder.resolve(name));
            }
            extract(backup, folder, checked);
            Files.delete(folder.resolve(MARKER));
            OwnerFiles.forceNames(folder);
        }
        return checked;
    }

    /**
     * Checks that a folder is not one into which a restore was begun and not finished.
     *
     * @throws IOException if it is, with what to do
     */
    public static void checkFinished(Path folder) throws IOException {
        if (Files.exists(folder.resolve(MARKER))) {
            throw new IOException("a restore into " + folder
                    + " was not finished; run it again: internal-events restore" + " FILE --data " + folder);
        }
    }

    private static InputStream open(Path backup) throws IOException {
        return new BufferedInputStream(Files.newInputStream(backup), BUFFER_BYTES);
    }

    private static void checkFolder(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + " is not a folder; name one that is missing or empty");
        }
        boolean unfinished = Files.exists(folder.resolve(MARKER));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path one : all) {
                String name = one.getFileName().toString();
                boolean ours = name.equals(MARKER) || MADE.contains(name) || MADE.contains(name + "/");
                if (!unfinished || !ours) {
                    throw new IOException(folder + " is not empty (it has " + name
                            + "); a backup is restored into a folder that is missing or empty");
                }
            }
        }
    }

    private static void checkRoom(Path folder, long needed) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new IOException("the backup needs " + needed + " bytes, and the file system of " + folder + " has "
                    + free + " free; make room, or name another folder");
        }
    }

    /** Locks the folder until the channel is closed. */
    private static void lock(FileChannel marker, Path folder) throws IOException {
        boolean locked;
        try {
            locked = marker.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        }
        if (!locked) {
            throw new IOException("another process restores into " + folder + " now; wait until it has ended");
        }
    }

    private static void extract(Path backup, Path folder, BackupReader.Contents checked) throws IOException {
        Path spool = folder.resolve(BackupNames.SPOOL);
        OwnerFiles.createFolders(spool);
        try (InputStream in = open(backup)) {
            BackupReader.Contents read = BackupReader.read(in, name -> file(folder.resolve(name)));
            if (!read.equals(checked)) {
                throw new IOException(backup + " changed while it was read; restore it again");
            }
        }
        OwnerFiles.forceNames(spool);
        OwnerFiles.forceNames(folder);
    }

    /** A new file that is on the disk once it is closed. */
    private static OutputStream file(Path path) throws IOException {
        FileChannel channel = OwnerFiles.create(path);
        return new FilterOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                try (channel) {
                    out.flush();
                    channel.force(true);
                }
            }
        };
    }
}
