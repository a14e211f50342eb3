package dev.internalevents.store.ids;

import dev.internalevents.store.ids.RunHeader.Mark;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that maintains an index on the disk: it writes full tables, loads filters and merges disk. A disk failure
 * or an error does not end the thread: it retries.
 */
final class Upkeep {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int MANY_RUNS = 24;
    private static final long CLOSE_MILLIS = 30_000;

    private final IndexFolder folder;
    private final int tableEntries;
    private final DiskIndex disk;
    private final Filters filters;
    private final Thread thread;

    /** The last failure reported, so that each is logged once. */
    private String reported = "";

    /** Thrown to abandon unfinished work because the index is being closed. */
    private static final class ClosingException extends IOException {
        private static final long serialVersionUID = 1;
    }

    Upkeep(IndexFolder folder, IdIndex.Settings settings, DiskIndex disk) {
        this.folder = folder;
        this.tableEntries = settings.tableEntries();
        this.disk = disk;
        this.filters = new Filters(disk);
        this.thread = new Thread(this::run, "internal-events-ids");
        thread.setDaemon(true);
        yieldToOthers(thread);
    }

    /** Lowers the priority: merging must not delay processing, which in turn must not delay intake. */
    @SuppressWarnings("ThreadPriorityCheck") // Only affects how long other threads wait.
    private static void yieldToOthers(Thread thread) {
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    void start() {
        thread.start();
    }

    /** Waits for the thread to end, up to 30 seconds. */
    void join() {
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean isOver = false;
        while (!isOver) {
            try {
                isOver = step();
            } catch (DamagedRunException e) {
                disk.isDamaged(e);
            } catch (ClosingException e) {
                // The next step ends the thread.
            } catch (IOException | RuntimeException | Error e) {
                isOver = failed(e);
            }
        }
        disk.close();
    }

    /** Does the most urgent work, or waits for work; returns true at the end. */
    private boolean step() throws IOException {
        if (disk.damage() != null) {
            return disk.awaitChange();
        }
        disk.removeRetired();
        IdTable table = disk.nextTable();
        if (table != null) {
            write(table);
            return false;
        }
        if (disk.isClosing()) {
            return true;
        }
        if (!disk.filtersAreSettled()) {
            filters.settle();
            return false;
        }
        List<Run> merged = disk.nextMerge();
        if (merged.isEmpty()) {
            return disk.awaitChange();
        }
        merge(merged);
        return false;
    }

    /** Reports a failure and waits for up to a second; returns true if the index is being closed. */
    private boolean failed(Throwable e) {
        String what = String.valueOf(e);
        if (!what.equals(reported)) {
            reported = what;
            LOG.warn(
                    "the index of event ids {} cannot be written; retrying: {}",
                    folder.path(),
                    what,
                    e instanceof IOException ? null : e);
        }
        return disk.failed(what);
    }

    private void write(IdTable table) throws IOException {
        IdTable.Sorted sorted = table.sorted();
        RunHeader header = new RunHeader(
                folder.seedCheck(),
                disk.last(),
                table.last(),
                sorted.size(),
                new RunHeader.Checksums(0, 0, 0),
                List.of(new Mark(table.last(), table.newest(), sorted.size())));
        Run run;
        try (RunWriter writer = new RunWriter(folder.path(), header)) {
            for (int i = 0; i < sorted.size(); i++) {
                writer.add(sorted.key(i), sorted.number(i));
            }
            run = Run.open(writer.finish(), folder.seedCheck());
        }
        disk.written(table, run);
        reported = "";
        filters.settle();
    }

    private void merge(List<Run> inputs) throws IOException {
        Merge merge = new Merge(inputs, disk.cutoff(), tableEntries);
        Run run;
        try (RunWriter writer = new RunWriter(folder.path(), merge.header())) {
            long[] since = {System.nanoTime()};
            merge.write(writer, () -> since[0] = pause(since[0]));
            run = Run.open(writer.finish(), folder.seedCheck());
        }
        if (disk.merged(inputs, run)) {
            reported = "";
            LOG.debug(
                    "{} runs of event ids were merged into one of {} entries",
                    inputs.size(),
                    run.header().count());
        }
    }

    /** Pauses a merge so that it works half of the time, and writes a full table before it continues. */
    private long pause(long since) throws IOException {
        IdTable table = disk.nextTable();
        if (table != null) {
            write(table);
        }
        if (disk.isClosing()) {
            throw new ClosingException();
        }
        if (disk.sizes().runs() < MANY_RUNS) {
            LockSupport.parkNanos(this, System.nanoTime() - since);
        }
        return System.nanoTime();
    }
}
