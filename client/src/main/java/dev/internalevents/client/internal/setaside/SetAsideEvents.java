package dev.internalevents.client.internal.setaside;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadBody;
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
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@code set-aside} in an outbox: one file a day, {@code 2026-11-26.jsonl}, with one event a line, readable
 * only by its owner. Files are deleted after 30 days, and take at most 64 MiB together. Several processes may use the
 * folder at once; safe for use by several threads. Every method except {@link #summary} blocks on the disk.
 */
public final class SetAsideEvents {

    /** The folder's name within the outbox. */
    public static final String FOLDER = "set-aside";

    private static final Logger LOG = LoggerFactory.getLogger(SetAsideEvents.class);
    private static final int KEPT_DAYS = 30;
    private static final long MAX_BYTES = 64L << 20;
    private static final String SUFFIX = ".jsonl";

    /** File locks only exclude other processes; threads of this process take this lock first. */
    private static final Object WITHIN_PROCESS = new Object();

    /** Maximum time that a sending thread waits for another process. */
    private static final long LOCK_NANOS = 1_000_000_000L;

    private static final long LOCK_SLICE_NANOS = 10_000_000;
    private static final long SAY_AGAIN_NANOS = 60_000_000_000L;

    private final Path folder;
    private final Clock clock;
    private final boolean isKeeper;
    private volatile @Nullable String summary;
    private volatile @Nullable String failure;
    private long failureSaidAt = System.nanoTime() - SAY_AGAIN_NANOS;
    private long count;
    private String last = "";
    private long seen = -1;

    /** @param outbox the outbox's folder; nothing is created in it before the first event */
    public SetAsideEvents(Path outbox) {
        this(outbox, Clock.systemUTC(), true);
    }

    SetAsideEvents(Path outbox, Clock clock) {
        this(outbox, clock, true);
    }

    private SetAsideEvents(Path outbox, Clock clock, boolean isKeeper) {
        this.folder = outbox.resolve(FOLDER).toAbsolutePath();
        this.clock = clock;
        this.isKeeper = isKeeper;
        tick();
    }

    /** Returns an instance for reading: it never deletes old files. */
    public static SetAsideEvents toLookAt(Path outbox) {
        return new SetAsideEvents(outbox, Clock.systemUTC(), false);
    }

    // Adding

    /**
     * Stores the only event of a body.
     *
     * @return the file that contains it, once it is on the disk; null if it cannot be stored, which is logged
     */
    public @Nullable String add(PayloadBody event, String reason, int tries) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("reason", reason);
        line.put("tries", (long) tries);
        Map<Object, Object> members = new LinkedHashMap<>(event.event(0));
        members.remove("stm");
        line.put("event", members);
        byte[] bytes = (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(LocalDate.now(clock.withZone(ZoneOffset.UTC)) + SUFFIX);
        boolean interrupted = Thread.interrupted();
        try {
            OwnerOnly.createFolder(folder);
            locked(() -> append(file, bytes));
            failure = null;
            noteAdded(String.valueOf(members.get("se_ac")), reason);
            return file.toString();
        } catch (IOException e) {
            failed("an event cannot be set aside in " + folder + ": " + e);
            return null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void failed(String why) {
        failure = why;
        long now = System.nanoTime();
        if (now - failureSaidAt >= SAY_AGAIN_NANOS) {
            failureSaidAt = now;
            LOG.error(why);
        }
    }

    private synchronized void noteAdded(String name, String reason) {
        count++;
        last = "\"" + name + "\": " + reason;
        describe();
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
        OwnerOnly.giveTo(folder, file);
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

    /**
     * Returns why the last event could not be set aside, or a description of the events that are set aside, as a
     * message; null if neither applies. Does not block: the result is as of the last {@link #tick}.
     */
    public @Nullable String summary() {
        String why = failure;
        return why == null ? summary : why;
    }

    /**
     * Deletes files older than 30 days, unless the instance is for reading, and rereads the folder if another process
     * changed it; call it regularly. A failure is reported in {@link #summary}.
     */
    public void tick() {
        try {
            look();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            summary = folder + " cannot be read: " + e;
        }
    }

    private synchronized void look() throws IOException {
        if (!Files.isDirectory(folder)) {
            count = 0;
            summary = null;
            return;
        }
        LocalDate oldest = LocalDate.now(clock.withZone(ZoneOffset.UTC)).minusDays(KEPT_DAYS);
        for (Path file : files()) {
            if (isKeeper && day(file).isBefore(oldest)) {
                Files.deleteIfExists(file);
                LOG.warn("{}: events that were set aside more than {} days ago are deleted", file, KEPT_DAYS);
            }
        }
        long now = Files.getLastModifiedTime(folder).toMillis() + size();
        if (now != seen) {
            seen = now;
            refresh();
        }
    }

    private synchronized void refresh() throws IOException {
        count = 0;
        forEach(event -> {
            count++;
            last = "\"" + event.name() + "\": " + event.reason();
        });
        describe();
    }

    private void describe() {
        summary = count == 0
                ? null
                : count + " event(s) are set aside in " + folder + ", the last is " + last
                        + "; send them again with: internal-events set-aside send " + folder.getParent();
    }

    /**
     * Passes the events to a consumer, oldest first, one at a time; incomplete lines are left out.
     *
     * @throws IOException if a file cannot be read
     */
    public void forEach(Consumer<SetAsideEvent> consumer) throws IOException {
        for (Path file : files()) {
            eachLine(file, line -> {
                SetAsideEvent event = parse(line);
                if (event != null) {
                    consumer.accept(event);
                }
            });
        }
    }

    /**
     * Returns the events, oldest first; incomplete lines are left out.
     *
     * @throws IOException if a file cannot be read
     */
    public List<SetAsideEvent> read() throws IOException {
        List<SetAsideEvent> events = new ArrayList<>();
        forEach(events::add);
        return events;
    }

    private static @Nullable SetAsideEvent parse(String line) {
        try {
            if (Json.parse(line) instanceof Map<?, ?> map && map.get("event") instanceof Map<?, ?> event) {
                Map<String, Object> members = new HashMap<>();
                event.forEach((name, value) -> {
                    if (value != null) {
                        members.put(String.valueOf(name), value);
                    }
                });
                return new SetAsideEvent(
                        String.valueOf(map.get("at")),
                        String.valueOf(map.get("reason")),
                        map.get("tries") instanceof Long tries ? tries : 0,
                        members);
            }
        } catch (MalformedPayloadException e) {
            LOG.debug("a line is incomplete", e);
        }
        return null;
    }

    // Removing

    /**
     * Removes events that have since been delivered.
     *
     * @param ids the ids of the events
     * @throws IOException if a file cannot be written; its events are then still in it
     */
    public void remove(Set<String> ids) throws IOException {
        if (ids.isEmpty()) {
            return;
        }
        locked(() -> {
            for (Path file : files()) {
                removeFrom(file, ids);
            }
        });
        refresh();
    }

    private static void removeFrom(Path file, Set<String> ids) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(written);
        long[] lines = {0, 0};
        try (FileChannel channel =
                        OwnerOnly.open(written, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
                Writer out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8))) {
            eachLine(file, line -> {
                lines[0]++;
                if (!isOneOf(line, ids)) {
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

    private static boolean isOneOf(String line, Set<String> ids) {
        SetAsideEvent event = parse(line);
        return event != null && ids.contains(event.id());
    }

    // Files

    private interface LineTask {
        void take(String line) throws IOException;
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

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
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

    private interface Task {
        void run() throws IOException;
    }

    private void locked(Task task) throws IOException {
        synchronized (WITHIN_PROCESS) {
            Path file = folder.resolve("lock");
            try (FileChannel channel =
                            OwnerOnly.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
                    FileLock lock = lock(channel, file)) {
                OwnerOnly.giveTo(folder, file);
                LOG.trace("{}", lock);
                task.run();
            }
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
}
