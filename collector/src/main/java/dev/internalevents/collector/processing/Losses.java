package dev.internalevents.collector.processing;

import dev.internalevents.spool.Damage;
import dev.internalevents.spool.Place;
import dev.internalevents.spool.Recovery;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Progress;
import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds, logs and counts what was lost between two starts. After each transaction it records the progress of the store
 * and the number of waiting requests (file {@code last-known} in the data folder). Anything missing compared with that
 * at the next start was lost with a damaged, truncated, deleted or replaced file. The record is written only after the
 * data is on the disk, so a killed process never looks like a loss. The processing thread records and compares, any
 * thread reads the counters.
 */
public final class Losses {

    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);
    private static final String FILE = "last-known";
    private static final long NOTE_EVERY_NANOS = 1_000_000_000L;

    private final @Nullable Path folder;
    private final Spool spool;
    private final @Nullable SmallFile file;
    private final AtomicLong lostRequests = new AtomicLong();
    private final AtomicLong lostEvents = new AtomicLong();
    private final AtomicLong lostBytes = new AtomicLong();
    private final AtomicLong damagedFiles = new AtomicLong();
    private final @Nullable LastKnown atStart;
    private @Nullable LastKnown known;
    private boolean isSpoolCompared;
    private long notedAt;

    /**
     * Reports damage found while the spool was opened.
     *
     * @param folder the folder for the record; null for a collector in memory, which has nothing to compare
     * @throws StoreException if a spool older than the store cannot be given a new id
     */
    public Losses(@Nullable Path folder, Spool spool) {
        this.folder = folder;
        this.spool = spool;
        this.file = folder == null ? null : new SmallFile(folder.resolve(FILE));
        this.atStart = file == null ? null : LastKnown.parse(file.read());
        this.known = atStart;
        report(spool.recovery());
        LastKnown before = atStart;
        if (before != null && before.place().spool().equals(spool.id())) {
            renameOlder(before.place());
        }
    }

    /**
     * Gives a new id to a spool that is older than the store's progress, because new requests in it would otherwise
     * look as if they were already stored. Its requests are processed again, and deduplication drops the events that
     * are stored.
     *
     * @throws StoreException if the new id cannot be written
     */
    private void renameOlder(Place reached) {
        if (!spool.isOlderThan(reached)) {
            return;
        }
        UUID before = spool.id();
        try {
            spool.rename();
        } catch (IOException e) {
            throw new StoreException(
                    spool.folder() + " is older than the store and needs a new id, which cannot be written: " + e, e);
        }
        LOG.warn(
                "{} ends before the position that the store has reached (segment {}, offset {}): an older copy was"
                        + " restored, or its end was lost in a power failure. Its id is now {} instead of {}, and its"
                        + " requests are processed again; deduplication drops the events that are stored",
                spool.folder(),
                reached.segment(),
                reached.offset(),
                spool.id(),
                before);
    }

    private void report(Recovery found) {
        if (found.torn() > 0) {
            LOG.info(
                    "{}: {} request(s) were being written when the last process ended; their senders had no answer, and"
                            + " nothing is lost",
                    spool.folder(),
                    found.torn());
        }
        for (Damage damage : found.damages()) {
            damagedFiles.incrementAndGet();
            lostBytes.addAndGet(damage.lostBytes());
            LOG.warn("{}", damage.describe());
        }
        lostRequests.addAndGet(found.damaged());
    }

    // The processing thread

    /** Compares the opened store, and the first time also the spool, with the record. */
    void opened(EventStore store) {
        LastKnown before = known;
        Progress progress = store.progress(spool.id());
        if (!isSpoolCompared && spool.isOlderThan(progress.place())) {
            renameOlder(progress.place());
            progress = store.progress(spool.id());
        }
        long number = store.summary(null).last();
        if (before != null && before.number() > number) {
            long missing = before.number() - number;
            lostEvents.addAndGet(missing);
            LOG.warn(
                    "{}/events.duckdb has events up to number {}, and had them up to number {}: {} event(s) are lost."
                            + " Its file events.duckdb.wal was deleted, cut or damaged, or the store was replaced by a new"
                            + " one or an older copy; put a newer copy back if there is one",
                    folder,
                    number,
                    before.number(),
                    missing);
        }
        if (atStart != null && !isSpoolCompared) {
            compareSpool(atStart, progress);
        }
        isSpoolCompared = true;
        committed(progress, number);
    }

    private void compareSpool(LastKnown before, Progress progress) {
        long found = spool.recovery().whole();
        boolean isReplaced = !before.place().spool().equals(spool.id());
        if (!isReplaced && !before.isAt(progress)) {
            // Something was stored after the last record, so its number of waiting requests is outdated.
            return;
        }
        // Requests with damaged frames have already been counted.
        long missing = Math.max(0, before.requests() - found - spool.recovery().damaged());
        if (missing > 0) {
            lostRequests.addAndGet(missing);
            LOG.warn(
                    "{}: {} request(s) waited here when the last process ended, and {} of them are left: at least {}"
                            + " request(s) are lost. {}",
                    spool.folder(),
                    before.requests(),
                    found,
                    missing,
                    isReplaced
                            ? "The folder was emptied or replaced; put a copy of it back if there is one"
                            : "A segment was cut or deleted, see above; put a copy of the folder back if there is one");
        } else if (isReplaced) {
            LOG.warn(
                    "{} is a different spool (its id is {}, it was {}); no request is lost, because all requests that"
                            + " waited are there",
                    spool.folder(),
                    spool.id(),
                    before.place().spool());
        }
    }

    /** Records a transaction that was committed in the store and then in the spool. */
    void committed(Progress progress, long number) {
        write(LastKnown.of(progress, number, spool.safe()));
    }

    /** Records how many requests wait, at most about once a second; it may be called more often. */
    void noteWaiting() {
        if (System.nanoTime() - notedAt > NOTE_EVERY_NANOS) {
            writeWaiting();
        }
    }

    private void writeWaiting() {
        LastKnown before = known;
        if (before != null && before.place().spool().equals(spool.id())) {
            write(before.withRequests(isSpoolCompared ? spool.safe() : waitingUncompared()));
        }
    }

    /**
     * Returns the number of waiting requests to record before the store has been compared. It is not yet known whether
     * this start found all waiting requests, or how many of those found are already stored. Missing requests must still
     * be missing at the next start, so only the requests accepted since are added to the earlier record.
     */
    private long waitingUncompared() {
        long noted = atStart == null ? 0 : atStart.requests();
        return noted + spool.safe() - spool.recovery().whole();
    }

    private void write(LastKnown now) {
        notedAt = System.nanoTime();
        if (file != null && !now.equals(known)) {
            known = now;
            file.write(now.text());
        }
    }

    /** Writes the final record. To be called after processing has ended and no more requests are accepted. */
    void close() {
        writeWaiting();
        if (file != null) {
            file.close();
        }
    }

    // Any thread

    /** Returns the minimum number of accepted requests that are lost. */
    public long requests() {
        return lostRequests.get();
    }

    /** Returns the minimum number of stored events that are lost. */
    public long events() {
        return lostEvents.get();
    }

    /** Returns the maximum number of bytes of the spool that are lost. */
    public long bytes() {
        return lostBytes.get();
    }

    /** Returns the number of spool files that were damaged or missing. */
    public long files() {
        return damagedFiles.get();
    }
}
