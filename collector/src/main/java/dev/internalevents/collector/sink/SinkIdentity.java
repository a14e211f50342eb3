package dev.internalevents.collector.sink;

import dev.internalevents.store.SinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The id under which a collector writes to a sink: that of its spool, until its store begins again at smaller numbers,
 * because it was restored from a backup or its file was removed. Then the numbers in the sink mean other events, and a
 * new id keeps them apart. The file {@code lake-id} of the data folder has the id, the processes that claimed it last,
 * and, from the opening of the store until the sink has been compared with it, the last number of the store.
 * Thread-safe.
 */
public final class SinkIdentity {

    /** The name of the file. */
    public static final String FILE = "lake-id";

    private static final Logger LOG = LoggerFactory.getLogger(SinkIdentity.class);
    private static final String ID = "id";
    private static final String WRITERS = "writers";
    private static final int MAX_WRITERS = 10;
    private static final String STORE = "store";

    private final Path file;
    private final UUID spool;

    /**
     * An id.
     *
     * @param writers the process that claimed it last, and those after it that may have
     * @param limit the greatest place that a sink may have under this id if it has events of this store only
     */
    public record Id(UUID id, Set<UUID> writers, long limit) {}

    public SinkIdentity(Path folder, UUID spool) {
        this.file = folder.resolve(FILE);
        this.spool = spool;
    }

    /** Returns whether this data folder was used with a sink. */
    public boolean isUsed() {
        return Files.exists(file);
    }

    /** Returns the id to use now. */
    public synchronized Id now() {
        Map<String, String> values = read();
        try {
            String id = values.get(ID);
            Set<UUID> writers = new LinkedHashSet<>();
            for (String writer : values.getOrDefault(WRITERS, "").split(" ", -1)) {
                if (!writer.isEmpty()) {
                    writers.add(UUID.fromString(writer));
                }
            }
            String store = values.get(STORE);
            return new Id(
                    id == null ? spool : UUID.fromString(id),
                    Collections.unmodifiableSet(writers),
                    store == null ? Long.MAX_VALUE : Long.parseLong(store));
        } catch (IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    /**
     * Records the last number of the store, after it was opened: what is stored from now on has greater numbers. A
     * smaller number that was not compared yet stays.
     */
    public synchronized void opened(long last) {
        Id now = now();
        if (last < now.limit()) {
            write(new Id(now.id(), now.writers(), last));
        }
    }

    /** Records a process that is going to claim the id. */
    public synchronized void claiming(UUID writer) {
        Id now = now();
        Set<UUID> writers = new LinkedHashSet<>(now.writers());
        if (writers.size() < MAX_WRITERS && writers.add(writer)) {
            write(new Id(now.id(), writers, now.limit()));
        }
    }

    /** Records that a process has claimed the id. */
    public synchronized void claimed(UUID writer) {
        Id now = now();
        if (!now.writers().equals(Set.of(writer))) {
            write(new Id(now.id(), Set.of(writer), now.limit()));
        }
    }

    /** Records that the place of the sink is that of this store, unless the store was opened again meanwhile. */
    public synchronized void compared(Id id) {
        Id now = now();
        if (now.limit() == id.limit() && now.limit() != Long.MAX_VALUE) {
            write(new Id(now.id(), now.writers(), Long.MAX_VALUE));
        }
    }

    /**
     * Changes the id, after the sink has a place under the new one.
     *
     * @param place the place of the sink under the id before
     * @param last the place under the new id: the last event that is in the sink under the one before
     */
    public synchronized void change(UUID next, long place, long last) {
        LOG.warn(
                "the lake has events of this collector up to number {}, and the store began again after {}: it was"
                        + " restored or replaced, or a copy of the data folder was in use. What was stored since then"
                        + " is written to the lake as collector {}",
                place,
                last,
                next);
        write(new Id(next, now().writers(), Long.MAX_VALUE));
    }

    private Map<String, String> read() {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ", 2);
                if (parts.length < 2) {
                    throw new IOException("a line without a value");
                }
                values.put(parts[0], parts[1]);
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            throw unreadable(e);
        }
        return values;
    }

    private SinkException unreadable(Exception e) {
        return new SinkException(
                "lake: " + file + " cannot be read (" + e + "); restore it from a backup of the data folder", e);
    }

    private void write(Id id) {
        StringBuilder text = new StringBuilder(ID + " " + id.id() + "\n");
        if (!id.writers().isEmpty()) {
            text.append(WRITERS);
            id.writers().forEach(writer -> text.append(' ').append(writer));
            text.append('\n');
        }
        if (id.limit() != Long.MAX_VALUE) {
            text.append(STORE + " ").append(id.limit()).append('\n');
        }
        try {
            Path written = file.resolveSibling(FILE + ".new");
            Files.writeString(written, text);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new SinkException("lake: " + file + " cannot be written: " + e, e);
        }
    }
}
