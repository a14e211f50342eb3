package dev.internalevents.store.ids;

import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of an index that is on the disk, and the full table that is about to be: shared by the caller's thread and
 * the thread of {@link Upkeep}, under one lock.
 */
final class DiskIndex {

    private static final Logger LOG = LoggerFactory.getLogger(DiskIndex.class);
    private static final int SOME_OTHERS = 4;
    private static final int TOO_MANY_RUNS = 64;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Path folder;
    private final int tableEntries;
    private final FilterMemory memory;

    /** Fair, so that the low-priority thread gets its turn. Held while runs are read. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();
    private final Runs runs;
    private @Nullable IdTable full;
    private @Nullable IdTable rest;
    private long cutoff = Long.MIN_VALUE;
    private boolean filtersAreSettled;
    private boolean closing;
    private volatile @Nullable String damage;
    private @Nullable String failure;
    private long retryAt = System.nanoTime();
    private volatile IdIndex.Sizes sizes;

    DiskIndex(Path folder, IdIndex.Settings settings, List<Run> runs) {
        this.folder = folder;
        this.tableEntries = settings.tableEntries();
        this.memory = new FilterMemory(settings.filterBytes());
        this.runs = new Runs(runs, memory);
        this.sizes = this.runs.sizes();
    }

    // For the caller's thread

    /** Returns the number up to which the index is on the disk. */
    long last() {
        return locked(() -> runs.last());
    }

    /** Returns the number up to which the index is on the disk, or in the table that is about to be. */
    long reached() {
        return locked(() -> full == null ? runs.last() : full.last());
    }

    /** Returns the damage found, because of which the index must be reopened; null if there is none. */
    @Nullable
    String damage() {
        return damage;
    }

    /** Returns the size of the index. May be called by any thread; never blocks. */
    IdIndex.Sizes sizes() {
        return sizes;
    }

    /** Throws a StoreException if the index is damaged and must be reopened. */
    void check() {
        String what = damage;
        if (what != null) {
            throw new StoreException(
                    what + "; the lost part of the index of event ids is read from the store again",
                    new DamagedRunException(what));
        }
    }

    /** Accepts a full table for writing, unless another is waiting. The caller must not change it afterwards. */
    boolean offer(IdTable table) {
        lock.lock();
        try {
            if (full != null) {
                return false;
            }
            full = table;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Accepts a table for writing as soon as the previous one is written; throws StoreException after the time limit.
     */
    void await(IdTable table, long nanos) {
        long deadline = System.nanoTime() + nanos;
        lock.lock();
        try {
            while (mustWait() && failure == null && damage == null) {
                if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    break;
                }
            }
            check();
            if (full != null) {
                String why = failure == null ? "the disk is too slow" : failure;
                throw new StoreException(
                        "the index of event ids " + folder + " cannot be written: " + why
                                + ". Events wait in the spool; make room on the disk, or make the folder writable",
                        new IOException(why));
            }
            full = table;
            changed.signalAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while the index of event ids was written", e);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether to wait for the previous table, or for merges: too many runs make every look-up slower. */
    private boolean mustWait() {
        return full != null || (runs.current().size() > TOO_MANY_RUNS && System.nanoTime() - retryAt >= 0);
    }

    void find(Queries queries, boolean all, Run.Windows windows, Candidates found) {
        lock.lock();
        try {
            check();
            IdTable table = full;
            for (int i = 0; i < queries.size() && table != null; i++) {
                table.find(queries.key(i), all, i, found);
            }
            for (Run run : runs.current()) {
                run.find(queries, all ? Integer.MAX_VALUE : SOME_OTHERS, windows, found);
            }
        } catch (DamagedRunException e) {
            isDamaged(e);
            check();
        } catch (IOException e) {
            throw new StoreException(
                    "the index of event ids " + folder + " cannot be read: " + e
                            + ". Events wait in the spool; if this persists, stop the collector and remove the folder:"
                            + " it is rebuilt from the store",
                    e);
        } finally {
            lock.unlock();
        }
    }

    /** Allows merges to drop the entries of events received before a time in milliseconds. */
    void forgetBefore(long time) {
        change(() -> cutoff = time);
    }

    void clear() {
        change(() -> {
            full = null;
            runs.retireAll();
            measure();
        });
    }

    /** Hands over the last table, and tells the thread to end once it is written. */
    void end(IdTable table) {
        change(() -> {
            rest = table;
            closing = true;
        });
    }

    /** Waits until there is nothing left to do; false if that takes longer. For tests and measurements. */
    boolean awaitIdle(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        lock.lock();
        try {
            while (full != null
                    || runs.hasRetired()
                    || !filtersAreSettled
                    || !plannedMerge().isEmpty()) {
                if (changed.awaitNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(10), deadline - System.nanoTime())) <= 0
                        && System.nanoTime() - deadline > 0) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    // For the thread of Upkeep

    /** Returns the table to write next; null if there is none. */
    @Nullable
    IdTable nextTable() {
        lock.lock();
        try {
            IdTable last = rest;
            if (full == null && last != null && last.size() > 0) {
                full = last;
                rest = null;
            }
            return full;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the runs to merge next; empty if there are none, or if it is too early to retry. */
    List<Run> nextMerge() {
        return locked(() -> untilRetry() > 0 ? List.<Run>of() : plannedMerge());
    }

    private List<Run> plannedMerge() {
        return List.copyOf(MergePlan.next(runs.current(), tableEntries, cutoff));
    }

    private long untilRetry() {
        return retryAt - System.nanoTime();
    }

    boolean isClosing() {
        return locked(() -> closing);
    }

    boolean filtersAreSettled() {
        return locked(() -> filtersAreSettled);
    }

    long cutoff() {
        return locked(() -> cutoff);
    }

    List<Run> current() {
        return locked(() -> runs.current());
    }

    FilterMemory memory() {
        return memory;
    }

    /** Waits until there may be work; returns true if the index is being closed and everything is written. */
    @SuppressWarnings("WaitNotInLoop") // The caller repeats its step.
    boolean awaitChange() {
        lock.lock();
        try {
            long nanos = damage != null || untilRetry() <= 0 ? Long.MAX_VALUE : untilRetry();
            // The runs to merge may have changed since the last check.
            boolean isPlanned =
                    nanos == Long.MAX_VALUE && damage == null && !plannedMerge().isEmpty();
            boolean isIdle = damage != null || (full == null && !isPlanned);
            if (isIdle && !closing && !runs.hasRetired()) {
                changed.awaitNanos(nanos);
            }
            boolean isWritten = full == null && (rest == null || rest.size() == 0);
            return closing && (damage != null || isWritten);
        } catch (InterruptedException e) {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Adds the run of a written table. */
    void written(IdTable table, Run run) {
        change(() -> {
            if (full == table) {
                runs.add(run);
                full = null;
            } else {
                runs.retire(run);
            }
            failure = null;
            measure();
        });
    }

    /** Replaces merged runs by the run that contains them; false if they were dropped meanwhile. */
    boolean merged(List<Run> inputs, Run run) {
        lock.lock();
        try {
            if (!runs.replace(inputs, run)) {
                return false;
            }
            filtersAreSettled = false;
            failure = null;
            measure();
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that work failed, and waits for up to a second; returns true if the index is being closed. */
    @SuppressWarnings("WaitNotInLoop") // Retrying too early does no harm.
    boolean failed(String what) {
        lock.lock();
        try {
            failure = full == null ? null : what;
            retryAt = System.nanoTime() + RETRY_NANOS;
            changed.signalAll();
            if (!closing) {
                changed.awaitNanos(RETRY_NANOS);
            }
            return closing;
        } catch (InterruptedException interrupted) {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the damaged file, so that the next opening finds the missing entries. */
    void isDamaged(DamagedRunException e) {
        String what = String.valueOf(e.getMessage());
        LOG.warn("{}; the index of event ids is reopened without it", what);
        lock.lock();
        try {
            runs.removeDamaged(what);
        } catch (IOException failed) {
            LOG.warn("the damaged file cannot be removed: {}", failed.toString());
        } finally {
            damage = what;
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Removes the files of runs that are no longer used. */
    void removeRetired() throws IOException {
        lock.lock();
        try {
            runs.removeRetired();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets or removes the filter of a run, and gives back the memory of the previous one, which no look-up is reading
     * now.
     */
    void setFilter(Run run, FilterMemory.@Nullable Loaded filter) {
        lock.lock();
        try {
            runs.setFilter(run, filter);
        } finally {
            lock.unlock();
        }
    }

    /** Notes that the filters in memory are those that should be. */
    void settledFilters() {
        change(() -> {
            filtersAreSettled = true;
            measure();
        });
    }

    private void measure() {
        sizes = runs.sizes();
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the files, after the end of the thread. */
    void close() {
        runs.close();
    }
}
