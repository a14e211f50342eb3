package dev.internalevents.store.ids;

import dev.internalevents.pipeline.EventKey;
import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Maps event ids to the numbers of stored events, on disk, with a fixed amount of memory however many events there are.
 *
 * <p>New entries go into a table in memory. A full table becomes a run, a sorted file that never changes. The index's
 * own thread writes runs and merges them, so that there are few. Each run has a Bloom filter. The filters of the newest
 * and smallest runs are in memory, up to a limit; the others are read from the disk block by block.
 *
 * <p>The index is derived from the store. It loses entries that were not on the disk when the process was killed, and
 * those in damaged files; the caller adds the events after {@link #reached()} again.
 *
 * <p>Used by one thread at a time, except {@link #sizes()}. Every method may block on the disk, except {@link #add}.
 */
public final class IdIndex implements AutoCloseable {

    private static final long WAIT_SECONDS = 60;
    private static final int MAX_SPAN = 1 << 30;

    private final Path folder;
    private final Settings settings;
    private final IdHash hash;
    private final DiskIndex disk;
    private final Upkeep upkeep;
    private final Run.Windows windows = new Run.Windows();
    private IdTable active = new IdTable();

    /**
     * Limits on the memory of the index.
     *
     * @param tableEntries number of entries of the table in memory, 1 or more; an entry takes up to 24 bytes, and as
     *     much again while the table is being written
     * @param filterBytes maximum size of filters outside the heap in bytes, 0 or more; an entry needs 1.5 bytes
     */
    public record Settings(int tableEntries, long filterBytes) {

        /** 524,288 entries, and 128 MB of filters, which is enough for 89 million ids. */
        public static final Settings DEFAULTS = new Settings(1 << 19, 128L << 20);

        /** @throws IllegalArgumentException if a value is out of range */
        public Settings {
            if (tableEntries < 1 || filterBytes < 0) {
                throw new IllegalArgumentException("tableEntries: " + tableEntries + ", filterBytes: " + filterBytes
                        + "; expected 1 or more, and 0 or more");
            }
        }
    }

    /**
     * The size of the index.
     *
     * @param entries the number of entries on the disk
     * @param fileBytes the size of the files in bytes
     * @param filterBytes the size of the filters in memory, outside the heap, in bytes
     * @param runs the number of runs, which are files
     * @param runsWithFilter the number of runs whose whole filter is in memory
     */
    public record Sizes(long entries, long fileBytes, long filterBytes, int runs, int runsWithFilter) {

        /** The size if there is no index. */
        public static final Sizes NONE = new Sizes(0, 0, 0, 0, 0);
    }

    private IdIndex(IndexFolder folder, Settings settings) throws IOException {
        this.folder = folder.path();
        this.settings = settings;
        this.hash = folder.hash();
        this.disk = new DiskIndex(folder.path(), settings, folder.runs());
        this.upkeep = new Upkeep(folder, settings, disk);
    }

    /**
     * Opens the index in a folder, which is created if it does not exist. Reads the headers of the files; the index's
     * own thread loads the filters afterwards.
     *
     * @throws StoreException if the folder cannot be read or written; the message says what to do
     */
    public static IdIndex open(Path folder, Settings settings) {
        try {
            IdIndex index = new IdIndex(IndexFolder.open(folder), settings);
            index.upkeep.start();
            return index;
        } catch (IOException e) {
            throw new StoreException(
                    "the index of event ids " + folder + " cannot be opened: " + e
                            + ". Make the folder writable for the collector, or remove it: it is rebuilt from the store",
                    e);
        }
    }

    /** Returns the greatest number added; 0 if there is none. */
    public long reached() {
        return active.size() > 0 ? active.last() : disk.reached();
    }

    /** Returns the number up to which the index is on the disk, where the next {@link #open} finds it. */
    public long last() {
        return disk.last();
    }

    /** Returns the damage found, because of which the index must be closed and reopened; null if there is none. */
    public @Nullable String damage() {
        return disk.damage();
    }

    /** Returns the size of the index on the disk. May be called by any thread; never blocks. */
    public Sizes sizes() {
        return disk.sizes();
    }

    /**
     * Makes room for about the next ten thousand events. Blocks while the previous table is being written, up to a
     * minute.
     *
     * @throws StoreException if the previous table cannot be written, which the index retries every second, or if the
     *     index is damaged
     */
    public void makeRoom() {
        disk.check();
        boolean isWide = active.size() > 0 && !active.accepts(active.last() + MAX_SPAN);
        if (isWide || active.size() >= settings.tableEntries()) {
            freeze();
        }
    }

    /**
     * Adds an event. Does not block if {@link #makeRoom} was called before.
     *
     * @param number the event's number, greater than that of the previous event, and less than 2<sup>40</sup>
     * @param received when the event was received
     */
    public void add(EventKey key, long number, Instant received) {
        if (active.size() > 0 && !active.accepts(number)) {
            freeze();
        }
        active.add(hash.of(key), number, received.toEpochMilli());
        if (active.size() >= settings.tableEntries() && disk.offer(active)) {
            active = new IdTable();
        }
    }

    private void freeze() {
        disk.await(active, TimeUnit.SECONDS.toNanos(WAIT_SECONDS));
        active = new IdTable();
    }

    /**
     * Finds events that may have the ids of these keys. The candidates include every event with one of the keys. Events
     * with the same id but another fingerprint are all included only if requested; otherwise only some are. False
     * candidates are rare: with ten billion entries, about one look-up in a thousand finds an event with another id.
     *
     * @param keys up to 1,048,576 keys
     * @param all whether to include all events with the ids, which may be very many
     * @throws StoreException if the disk cannot be read, or the index is damaged
     */
    public Candidates find(List<EventKey> keys, boolean all) {
        Candidates found = new Candidates();
        if (!keys.isEmpty()) {
            Queries queries = new Queries(keys, hash);
            for (int i = 0; i < queries.size(); i++) {
                active.find(queries.key(i), all, i, found);
            }
            disk.find(queries, all, windows, found);
        }
        return found;
    }

    /**
     * Allows the index to drop the entries of events received before a time. They are dropped when runs are merged;
     * until then they are still found.
     */
    public void forgetBefore(Instant time) {
        disk.forgetBefore(time.toEpochMilli());
    }

    /** Drops all entries. */
    public void clear() {
        active = new IdTable();
        disk.clear();
    }

    /** Writes the table to the disk and closes the files. Blocks for up to 30 seconds. */
    @Override
    public void close() {
        disk.end(active);
        upkeep.join();
        active = new IdTable();
    }

    /** Waits until everything is written, merged and loaded; false if that takes longer. For tests and measurements. */
    boolean awaitIdle(long nanos) throws InterruptedException {
        return disk.awaitIdle(nanos);
    }

    @Override
    public String toString() {
        return "index of event ids in " + folder;
    }
}
