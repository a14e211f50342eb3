package dev.internalevents.collector.sink;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.StoredEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Failed events that became good after a retry, until the sink has them as good events. Each is recorded in the file
 * {@code lake-retried} of the data folder, on the disk, before the store changes, so that a kill loses none. An entry
 * has a turn, which increases, also if the clock is set back; the sink remembers the last one that it has. The file
 * keeps the last turn without a number once the sink has every event. Thread-safe.
 */
public final class RetriedEvents {

    /** The name of the file. */
    public static final String FILE = "lake-retried";

    /** While the sink is away, failed events beyond this number stay failed. */
    static final int MAX = 100_000;

    private static final int AT_ONCE = 1_000;
    /** Stands for the number in the line with the last turn. */
    private static final long NO_EVENT = 0;

    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<Long> numbers = new HashSet<>();
    private final Set<Long> changing = new HashSet<>();
    private boolean isRead;
    private long lastTurn;

    /**
     * An event that is good if its change of the store was committed.
     *
     * @param number its number in the store
     */
    public record Entry(long turn, long number) {}

    public RetriedEvents(Path folder) {
        this.file = folder.resolve(FILE);
    }

    /** Records an event that is going to be good; returns false if there are too many. */
    synchronized boolean add(long number) {
        read();
        if (!numbers.contains(number)) {
            if (entries.size() >= MAX) {
                return false;
            }
            append(number);
        }
        changing.add(number);
        return true;
    }

    /** Records that the change of the store was committed, or failed. */
    synchronized void changed(long number) {
        changing.remove(number);
    }

    private void append(long number) {
        // A file that was lost, or comes from a backup, does not make turns smaller.
        Entry entry = new Entry(Math.max(lastTurn + 1, System.currentTimeMillis() * 1_000), number);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = out.size();
            out.position(end);
            try {
                writeAll(out, line(entry));
                if (end == 0) {
                    forceName();
                }
            } catch (IOException e) {
                out.truncate(end); // Part of a line would be read as part of the next one.
                throw e;
            }
        } catch (IOException e) {
            throw new SinkException("lake: " + file + " cannot be written: " + e, e);
        }
        lastTurn = entry.turn();
        entries.add(entry);
        numbers.add(number);
    }

    /** Returns the smallest recorded number; {@link Long#MAX_VALUE} if there is none. */
    synchronized long first() {
        read();
        return numbers.stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }

    /** Returns events without the good ones that {@link #add(EventSink, EventStore, long)} is going to add. */
    synchronized List<StoredEvent> without(List<StoredEvent> events) {
        read();
        return numbers.isEmpty()
                ? events
                : events.stream()
                        .filter(event -> !event.isGood() || !numbers.contains(event.number()))
                        .toList();
    }

    /** Adds the events up to the place of a sink, right after its commit. Blocks, and throws what the sink throws. */
    void add(EventSink sink, EventStore store, long place) {
        List<Entry> due = upTo(place);
        while (!due.isEmpty()) {
            List<StoredEvent> good = due.stream()
                    .flatMap(entry -> store.withNumber(entry.number()).stream())
                    .filter(event -> event.isGood() && !event.repeat())
                    .toList();
            long turn = due.get(due.size() - 1).turn();
            sink.addRetried(turn, good);
            done(turn);
            due = upTo(place);
        }
    }

    /** Returns the first entries, up to one whose event is beyond a place, or is just being changed in the store. */
    private synchronized List<Entry> upTo(long place) {
        read();
        List<Entry> first = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.number() > place || changing.contains(entry.number()) || first.size() == AT_ONCE) {
                break;
            }
            first.add(entry);
        }
        return first;
    }

    private static void writeAll(FileChannel out, String text) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (left.hasRemaining()) {
            out.write(left);
        }
        out.force(true);
    }

    private void forceName() throws IOException {
        OwnerOnly.forceNames(Objects.requireNonNull(file.getParent()));
    }

    /** Removes the entries that the sink has; later ones have greater turns. */
    synchronized void done(long turn) {
        read();
        boolean isNew = turn > lastTurn;
        if (!isNew && (entries.isEmpty() || entries.get(0).turn() > turn)) {
            return;
        }
        List<Entry> left = entries.stream().filter(entry -> entry.turn() > turn).toList();
        lastTurn = Math.max(lastTurn, turn);
        StringBuilder text = new StringBuilder();
        (left.isEmpty() ? List.of(new Entry(lastTurn, NO_EVENT)) : left).forEach(entry -> text.append(line(entry)));
        Path written = file.resolveSibling(FILE + ".new");
        try (FileChannel out = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(out, text.toString());
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceName();
        } catch (IOException e) {
            throw new SinkException("lake: " + file + " cannot be written: " + e, e);
        }
        set(left);
    }

    private static String line(Entry entry) {
        return entry.turn() + " " + entry.number() + "\n";
    }

    private void set(Collection<Entry> all) {
        entries.clear();
        entries.addAll(all);
        numbers.clear();
        all.forEach(entry -> numbers.add(entry.number()));
    }

    private void read() {
        if (isRead) {
            return;
        }
        List<Entry> found = new ArrayList<>();
        try {
            String text = Files.readString(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            if (!whole.equals(text)) {
                // A kill has cut the last line, whose event did not change in the store.
                Files.writeString(file, whole);
            }
            for (String line : whole.lines().toList()) {
                String[] parts = line.split(" ", 2);
                Entry entry = new Entry(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
                lastTurn = Math.max(lastTurn, entry.turn());
                if (entry.number() != NO_EVENT) {
                    found.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            found.clear();
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new SinkException(
                    "lake: " + file + " cannot be read (" + e + "); restore it from a backup of the data folder", e);
        }
        set(found);
        isRead = true;
    }
}
