package dev.internalevents.collector.processing;

import dev.internalevents.store.EventStore;
import dev.internalevents.store.Progress;
import dev.internalevents.store.StoreException;
import dev.internalevents.spool.Damage;
import dev.internalevents.spool.Recovery;
import dev.internalevents.spool.Spool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what was lost between two starts, logs it and counts it. After each transaction it notes how far the store has
 * come and how many requests wait ({@code last-known} in the data folder); what a start finds less than that was lost
 * with a damaged, shortened, deleted or replaced file. A note is written after what it says is on the disk, so a killed
 * process never looks like a loss. The processing thread notes and compares, any thread reads the counts.
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
     * Reports what opening the spool found.
     *
     * @param folder in which notes are kept; null for a collector in memory, which has nothing to compare
     */
    public Losses(@Nullable Path folder, Spool spool) {
        this.folder = folder;
        this.spool = spool;
        this.file = folder == null ? null : new SmallFile(folder.resolve(FILE));
        this.atStart = file == null ? null : LastKnown.parse(file.read());
        this.known = atStart;
        report(spool.recovery());
        LastKnown before = atStart;
        if (before != null && before.spool().equals(spool.id())) {
            renameOlder(before.segment(), before.offset());
        }
    }

    /**
     * Renames a spool that is older than what is in the store: what it takes from now on would be taken for what is stored
     * already. What it has is processed again, and deduplication drops it.
     *
     * @throws StoreException if that is not possible now
     */
    private void renameOlder(long segment, int offset) {
        if (!spool.isOlderThan(segment, offset)) {
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
                "{} ends before the place up to which it was stored (segment {}, offset {}): an older copy was put back, or"
                        + " its end was lost with the machine's power. It has a new id ({} was {}), and the requests in it"
                        + " are processed again; deduplication drops the events that are stored",
                spool.folder(),
                segment,
                offset,
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

    /** The store was opened: compares it, and the first time the spool too, with what was noted. */
    void opened(EventStore store) {
        LastKnown before = known;
        Progress progress = store.progress(spool.id());
        if (!isSpoolCompared && spool.isOlderThan(progress.segment(), progress.offset())) {
            renameOlder(progress.segment(), progress.offset());
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
        boolean isReplaced = !before.spool().equals(spool.id());
        if (!isReplaced && !before.isAt(progress)) {
            // Something was stored after the last note, so what waited then says nothing about now.
            return;
        }
        // Those whose frames are damaged are counted already.
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
                    "{} is another spool than before ({} was {}); no request is lost, because none is missing of those"
                            + " that waited",
                    spool.folder(),
                    spool.id(),
                    before.spool());
        }
    }

    /** A transaction was committed in the store, and then in the spool. */
    void committed(Progress progress, long number) {
        write(LastKnown.of(progress, number, spool.safe()));
    }

    /** Notes how many requests wait; about once a second, so it may be called more often. */
    void noteWaiting() {
        if (System.nanoTime() - notedAt > NOTE_EVERY_NANOS) {
            writeWaiting();
        }
    }

    private void writeWaiting() {
        LastKnown before = known;
        if (before != null && before.spool().equals(spool.id())) {
            write(before.withRequests(isSpoolCompared ? spool.safe() : waitingUncompared()));
        }
    }

    /**
     * While the store is away it is not known yet whether this start found all that waited, nor how much of what it found is
     * stored already. What is missing must still be missing at the next start, so only what was taken since is added to
     * what was noted.
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

    /** Processing has ended, and nothing more is taken. */
    void close() {
        writeWaiting();
        if (file != null) {
            file.close();
        }
    }

    // Any thread

    /** Requests that were taken and are lost, at least. */
    public long requests() {
        return lostRequests.get();
    }

    /** Events that were stored and are lost, at least. */
    public long events() {
        return lostEvents.get();
    }

    /** Bytes of the spool that are lost, at most. */
    public long bytes() {
        return lostBytes.get();
    }

    /** Files of the spool that were damaged or missing. */
    public long files() {
        return damagedFiles.get();
    }
}
