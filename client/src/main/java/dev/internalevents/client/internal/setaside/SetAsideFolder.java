package dev.internalevents.client.internal.setaside;

import dev.internalevents.spool.OwnerOnly;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of text lines: one file a day, {@code 2026-11-26.jsonl}, readable only by its owner. All files together have
 * at most 64 MiB. Several processes may use the folder at once; safe for use by several threads. Every method blocks on
 * the disk.
 */
final class SetAsideFolder {

    private static final Logger LOG = LoggerFactory.getLogger(SetAsideEvents.class);
    private static final long MAX_BYTES = 64L << 20;
    private static final String SUFFIX = ".jsonl";

    /** File locks only exclude other processes; threads of this process take this lock first. */
    private static final Object WITHIN_PROCESS = new Object();

    /** Maximum time that a thread waits for another process. */
    private static final long LOCK_NANOS = 1_000_000_000L;

    private static final long LOCK_SLICE_NANOS = 10_000_000;

    private final Path path;

    SetAsideFolder(Path path) {
        this.path = path.toAbsolutePath();
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** Returns a number that is another one, most likely, after a process changed the folder. */
    long version() throws IOException {
        return Files.getLastModifiedTime(path).toMillis() + size();
    }

    /**
     * Appends a line to the file of a day, and creates folder and file if they do not exist. It is on the disk when the
     * method returns.
     *
     * @return the file
     */
    Path append(LocalDate day, String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        Path file = path.resolve(day + SUFFIX);
        OwnerOnly.createFolder(path);
        locked(() -> append(file, bytes));
        return file;
    }

    private void append(Path file, byte[] bytes) throws IOException {
        if (size() + bytes.length > MAX_BYTES) {
            throw new IOException("the folder has " + MAX_BYTES + " bytes of events, which is the limit; send them or"
                    + " delete its files");
        }
        try (FileChannel channel = OwnerOnly.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE))) {
            long end = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            // An unfinished line, left by a process that ended, must not be merged with this one.
            boolean isTorn = end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
            ByteBuffer out = ByteBuffer.wrap(isTorn ? concat(new byte[] {'\n'}, bytes) : bytes);
            for (long at = end; out.hasRemaining(); ) {
                at += channel.write(out, at);
            }
            channel.force(true);
        }
        OwnerOnly.giveTo(path, file);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private long size() throws IOException {
        long sum = 0;
        for (Path file : files()) {
            sum += Files.size(file);
        }
        return sum;
    }

    // Reading

    /** Receives a line. */
    interface LineTask {
        void take(String line) throws IOException;
    }

    /** Passes the lines to a task, oldest first; blank ones are left out. */
    void forEach(LineTask task) throws IOException {
        for (Path file : files()) {
            eachLine(file, task);
        }
    }

    private static void eachLine(Path file, LineTask task) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    task.take(line);
                }
            }
        } catch (NoSuchFileException e) {
            // Another process has just removed the file's last event.
        }
    }

    // Removing

    /** Removes the lines that match, and files without a line. */
    void removeIf(Predicate<String> isRemoved) throws IOException {
        locked(() -> {
            for (Path file : files()) {
                removeFrom(file, isRemoved);
            }
        });
    }

    private static void removeFrom(Path file, Predicate<String> isRemoved) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(written);
        long[] lines = {0, 0};
        try (FileChannel channel =
                        OwnerOnly.open(written, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
                Writer out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8))) {
            eachLine(file, line -> {
                lines[0]++;
                if (!isRemoved.test(line)) {
                    lines[1]++;
                    out.write(line + "\n");
                }
            });
            out.flush();
            channel.force(true);
        }
        if (lines[1] == lines[0]) {
            Files.delete(written);
        } else if (lines[1] == 0) {
            Files.delete(written);
            Files.delete(file);
        } else {
            OwnerOnly.giveTo(file, written);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Deletes the files of the days before; returns them. */
    List<Path> deleteBefore(LocalDate oldest) throws IOException {
        List<Path> deleted = new ArrayList<>();
        for (Path file : files()) {
            if (day(file).isBefore(oldest)) {
                Files.deleteIfExists(file);
                deleted.add(file);
            }
        }
        return deleted;
    }

    // Files

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        if (exists()) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(path, "*" + SUFFIX)) {
                for (Path file : all) {
                    if (isDay(file)) {
                        files.add(file);
                    }
                }
            }
        }
        files.sort(null);
        return files;
    }

    private static boolean isDay(Path file) {
        try {
            return day(file) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static LocalDate day(Path file) {
        return LocalDate.parse(file.getFileName().toString().replace(SUFFIX, ""));
    }

    // The lock

    private interface Task {
        void run() throws IOException;
    }

    private void locked(Task task) throws IOException {
        synchronized (WITHIN_PROCESS) {
            Path file = path.resolve("lock");
            try (FileChannel channel =
                            OwnerOnly.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
                    FileLock lock = lock(channel, file)) {
                OwnerOnly.giveTo(path, file);
                LOG.trace("{}", lock);
                task.run();
            }
        }
    }

    /** Waits for other processes, but not forever: a process may be stopped while it has the lock. */
    private static FileLock lock(FileChannel channel, Path file) throws IOException {
        long end = System.nanoTime() + LOCK_NANOS;
        while (true) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return lock;
            } else if (System.nanoTime() > end) {
                throw new IOException(
                        file + " is locked by another process for more than a second; find it with: lsof " + file);
            }
            LockSupport.parkNanos(LOCK_SLICE_NANOS);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another class loader in this process has the lock.
            return null;
        }
    }
}
