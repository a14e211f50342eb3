package dev.internalevents.store.ids;

import dev.internalevents.store.StoreException;
import dev.internalevents.pipeline.EventKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An index on disk from event ids to the numbers of stored events, in a fixed part of the memory however many there are.
 *
 * <p>New entries go into a table in memory. A full table becomes a run, a sorted file that never changes; a thread of the
 * index's own writes runs and merges them, so that there are few. Each run has a Bloom filter. The filters of the newest and
 * smallest runs are in memory, up to a limit; what is beyond it is read from the disk, block by block.
 *
 * <p>The index is derived from the store. It forgets what was not on the disk when the process was killed, and files that
 * are damaged; the caller adds the events behind {@link #reached()} again.
 *
 * <p>For one thread at a time, except for {@link #sizes()}. Every method may wait for the disk, except for {@link #add}.
 */
public final class IdIndex implements AutoCloseable {

    private static final long WAIT_SECONDS = 60;
    private static final int MAX_SPAN = 1 << 30;

    private final Path folder;
    private final Settings settings;
    private final IdHash hash;
    private final Upkeep upkeep;
    private final Run.Windows windows = new Run.Windows();
    private IdTable active = new IdTable();

    /**
     * How much memory the index takes.
     *
     * @param tableEntries of the table in memory, 1 or more; it takes up to 24 bytes an entry, and as much again while it is
     *     written
     * @param filterBytes of filters beside the heap, 0 or more; an entry needs one and a half
     */
    public record Settings(int tableEntries, long filterBytes) {

        /** 524,288 entries; 128 MB of filters, which is enough for 89 million ids. */
        public static final Settings DEFAULTS = new Settings(1 << 19, 128L << 20);

        /** @throws IllegalArgumentException if a value is out of its range */
        public Settings {
            if (tableEntries < 1 || filterBytes < 0) {
                throw new IllegalArgumentException("tableEntries: " + tableEntries + ", filterBytes: " + filterBytes
                        + "; expected 1 or more, and 0 or more");
            }
        }
    }

    /**
     * How large the index is.
     *
     * @param entries on the disk
     * @param fileBytes of the files
     * @param filterBytes of the filters in memory, beside the heap
     * @param runs files
     * @param runsWithFilter of them, those whose whole filter is in memory
     */
    public record Sizes(long entries, long fileBytes, long filterBytes, int runs, int runsWithFilter) {

        /** Of no index. */
        public static final Sizes NONE = new Sizes(0, 0, 0, 0, 0);
    }

    private IdIndex(IndexFolder folder, Settings settings) throws IOException {
        this.folder = folder.path();
        this.settings = settings;
        this.hash = folder.hash();
        this.upkeep = new Upkeep(folder, settings, folder.runs());
    }

    /**
     * Opens the index in a folder, which is made if it is missing. Reads the headers of the files; the filters are loaded
     * afterwards, by the index's own thread.
     *
     * @throws StoreException if the folder cannot be read or written, with what to do
     */
    public static IdIndex open(Path folder, Settings settings) {
        try {
            return new IdIndex(IndexFolder.open(folder), settings);
        } catch (IOException e) {
            throw new StoreException(
                    "the index of event ids " + folder + " cannot be opened: " + e
                            + ". Make the folder writable for the collector, or remove it: it is made again from the store",
                    e);
        }
    }

    /** The largest number that was added; 0 if there is none. */
    public long reached() {
        return active.size() > 0 ? active.last() : upkeep.reached();
    }

    /** The number up to which the index is on the disk, and is found there by the next {@link #open}. */
    public long last() {
        return upkeep.last();
    }

    /** Why the index has to be closed and opened again: what was found damaged; null if nothing was. */
    public @Nullable String damage() {
        return upkeep.damage();
    }

    /** Of the index as it is on the disk. Any thread may call it; it never waits. */
    public Sizes sizes() {
        return upkeep.sizes();
    }

    /**
     * Makes room for the next events, some ten thousand. Waits while the previous table is being written, up to a minute.
     *
     * @throws StoreException if the previous table cannot be written, for which the index tries again every second; or if
     *     the index is damaged
     */
    public void makeRoom() {
        upkeep.check();
        boolean isWide = active.size() > 0 && !active.accepts(active.last() + MAX_SPAN);
        if (isWide || active.size() >= settings.tableEntries()) {
            freeze();
        }
    }

    /**
     * Adds an event. Does not wait, if {@link #makeRoom} was called before.
     *
     * @param number larger than that of the event before, and below 2<sup>40</sup>
     * @param received when the event was received
     */
    public void add(EventKey key, long number, Instant received) {
        if (active.size() > 0 && !active.accepts(number)) {
            freeze();
        }
        active.add(hash.of(key), number, received.toEpochMilli());
        if (active.size() >= settings.tableEntries() && upkeep.offer(active)) {
            active = new IdTable();
        }
    }

    private void freeze() {
        upkeep.await(active, TimeUnit.SECONDS.toNanos(WAIT_SECONDS));
        active = new IdTable();
    }

    /**
     * Finds the events that may have the ids of these keys. Each event with one of the keys is among the candidates; of
     * those with the same id and another fingerprint, only some are, unless all are asked for. Others come among them
     * rarely: about one of a thousand look-ups finds one that has another id, if there are ten billion entries.
     *
     * @param keys 1,048,576 at most
     * @param all asks for all events with the ids, which may be very many
     * @throws StoreException if the disk cannot be read, or the index is damaged
     */
    public Candidates find(List<EventKey> keys, boolean all) {
        Candidates found = new Candidates();
        if (!keys.isEmpty()) {
            Queries queries = new Queries(keys, hash);
            for (int i = 0; i < queries.size(); i++) {
                active.find(queries.key(i), all, i, found);
            }
            upkeep.find(queries, all, windows, found);
        }
        return found;
    }

    /**
     * Lets the index drop the entries of events that were received before a time. They are dropped when there is an
     * occasion; until then they are found.
     */
    public void forgetBefore(Instant time) {
        upkeep.forgetBefore(time.toEpochMilli());
    }

    /** Drops all entries. */
    public void clear() {
        active = new IdTable();
        upkeep.clear();
    }

    /** Writes the table to the disk and closes the files; waits up to half a minute. */
    @Override
    public void close() {
        upkeep.close(active);
        active = new IdTable();
    }

    /** Waits until all is written and merged and loaded; false if that takes longer. For tests and measurements. */
    boolean awaitIdle(long nanos) throws InterruptedException {
        return upkeep.awaitIdle(nanos);
    }

    @Override
    public String toString() {
        return "index of event ids in " + folder;
    }
}
