package dev.internalevents.store.ids;

import dev.internalevents.store.StoreException;
import dev.internalevents.store.ids.RunHeader.Mark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of an index that is on the disk, and the thread that maintains it: it writes full tables, loads filters and merges runs. A disk
 * failure or an error ends neither the thread nor a look-up; the thread retries.
 */
final class Upkeep {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int SOME_OTHERS = 4;
    private static final int MANY_RUNS = 24;
    private static final int TOO_MANY_RUNS = 64;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long CLOSE_MILLIS = 30_000;

    private final IndexFolder folder;
    private final IdIndex.Settings settings;
    private final FilterMemory memory;
    private final Thread thread;

    /** Fair, so that the low-priority thread gets its turn. Held while runs are read. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();
    private List<Run> runs;
    private final Deque<Run> retired = new ArrayDeque<>();
    private @Nullable IdTable full;
    private @Nullable IdTable rest;
    private long cutoff = Long.MIN_VALUE;
    private boolean filtersAreSettled;
    private boolean closing;
    private volatile @Nullable String damage;
    private @Nullable String failure;
    private String reported = "";
    private long retryAt = System.nanoTime();
    private volatile IdIndex.Sizes sizes = IdIndex.Sizes.NONE;

    /** Thrown to abandon unfinished work because the index is being closed. */
    private static final class ClosingException extends IOException {
        private static final long serialVersionUID = 1;
    }

    Upkeep(IndexFolder folder, IdIndex.Settings settings, List<Run> runs) {
        this.folder = folder;
        this.settings = settings;
        this.memory = new FilterMemory(settings.filterBytes());
        this.runs = List.copyOf(runs);
        measure();
        this.thread = new Thread(this::run, "internal-events-ids");
        thread.setDaemon(true);
        yieldToOthers(thread);
        thread.start();
    }

    /** Lowers the priority: merging must not delay processing, which in turn must not delay intake. */
    @SuppressWarnings("ThreadPriorityCheck") // Only affects how long other threads wait.
    private static void yieldToOthers(Thread thread) {
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    // For the caller's thread

    long last() {
        lock.lock();
        try {
            return durable();
        } finally {
            lock.unlock();
        }
    }

    long reached() {
        lock.lock();
        try {
            IdTable table = full;
            return table == null ? durable() : table.last();
        } finally {
            lock.unlock();
        }
    }

    private long durable() {
        return runs.isEmpty() ? 0 : runs.get(runs.size() - 1).header().upTo();
    }

    @Nullable
    String damage() {
        return damage;
    }

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

    /** Accepts a table for writing as soon as the previous one is written; throws StoreException after the time limit. */
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
                        "the index of event ids " + folder.path() + " cannot be written: " + why
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
        return full != null || (runs.size() > TOO_MANY_RUNS && System.nanoTime() - retryAt >= 0);
    }

    void find(Queries queries, boolean all, Run.Windows windows, Candidates found) {
        lock.lock();
        try {
            check();
            IdTable table = full;
            for (int i = 0; i < queries.size() && table != null; i++) {
                table.find(queries.key(i), all, i, found);
            }
            for (Run run : runs) {
                run.find(queries, all ? Integer.MAX_VALUE : SOME_OTHERS, windows, found);
            }
        } catch (DamagedRunException e) {
            isDamaged(e);
            check();
        } catch (IOException e) {
            throw new StoreException(
                    "the index of event ids " + folder.path() + " cannot be read: " + e
                            + ". Events wait in the spool; if this persists, stop the collector and remove the folder:"
                            + " it is rebuilt from the store",
                    e);
        } finally {
            lock.unlock();
        }
    }

    void forgetBefore(long time) {
        lock.lock();
        try {
            cutoff = time;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            full = null;
            retired.addAll(runs);
            runs = List.of();
            measure();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close(IdTable table) {
        lock.lock();
        try {
            rest = table;
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // The thread

    private void run() {
        boolean isOver = false;
        while (!isOver) {
            try {
                isOver = step();
            } catch (DamagedRunException e) {
                isDamaged(e);
            } catch (ClosingException e) {
                // The next step ends the thread.
            } catch (IOException | RuntimeException | Error e) {
                isOver = failed(e);
            }
        }
        runs.forEach(IndexFolder::close);
    }

    /** Does the most urgent work, or waits for work; returns true at the end. */
    private boolean step() throws IOException {
        if (damage != null) {
            return awaitChange(Long.MAX_VALUE);
        }
        removeRetired();
        IdTable table = nextTable();
        if (table != null) {
            write(table);
            return false;
        }
        if (isClosing()) {
            return true;
        }
        if (!filtersAreSettled) {
            settleFilters();
            return false;
        }
        long waiting = retryAt - System.nanoTime();
        List<Run> merged = waiting > 0 ? List.of() : nextMerge();
        if (merged.isEmpty()) {
            return awaitChange(waiting > 0 ? waiting : Long.MAX_VALUE);
        }
        merge(merged);
        return false;
    }

    private @Nullable IdTable nextTable() {
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

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private List<Run> nextMerge() {
        lock.lock();
        try {
            return List.copyOf(MergePlan.next(runs, settings.tableEntries(), cutoff));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there may be work; returns true if the index is being closed and everything is written. */
    @SuppressWarnings("WaitNotInLoop") // The loop is in run(), which repeats the step.
    private boolean awaitChange(long nanos) {
        lock.lock();
        try {
            // The runs to merge may have changed since the last check.
            boolean isPlanned =
                    nanos == Long.MAX_VALUE && damage == null && !nextMerge().isEmpty();
            boolean isIdle = damage != null || (full == null && !isPlanned);
            if (isIdle && !closing && retired.isEmpty()) {
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

    /** Reports a failure and waits for up to a second; returns true if the index is being closed. */
    @SuppressWarnings("WaitNotInLoop") // Retrying too early does no harm.
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
    private void isDamaged(DamagedRunException e) {
        String what = String.valueOf(e.getMessage());
        LOG.warn("{}; the index of event ids is reopened without it", what);
        lock.lock();
        try {
            for (Run run : runs) {
                if (what.startsWith(run.file().path().toString())) {
                    IndexFolder.remove(run);
                }
            }
        } catch (IOException failed) {
            LOG.warn("the damaged file cannot be removed: {}", failed.toString());
        } finally {
            damage = what;
            changed.signalAll();
            lock.unlock();
        }
    }

    private void write(IdTable table) throws IOException {
        IdTable.Sorted sorted = table.sorted();
        RunHeader header = new RunHeader(
                folder.seedCheck(),
                last(),
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
        lock.lock();
        try {
            if (full == table) {
                List<Run> more = new ArrayList<>(runs);
                more.add(run);
                runs = List.copyOf(more);
                full = null;
            } else {
                retired.add(run);
            }
            succeeded();
        } finally {
            lock.unlock();
        }
        settleFilters();
    }

    private void merge(List<Run> inputs) throws IOException {
        Merge merge = new Merge(inputs, cutoff(), settings.tableEntries());
        Run run;
        try (RunWriter writer = new RunWriter(folder.path(), merge.header())) {
            long[] since = {System.nanoTime()};
            merge.write(writer, () -> since[0] = pause(since[0]));
            run = Run.open(writer.finish(), folder.seedCheck());
        }
        lock.lock();
        try {
            int at = runs.indexOf(inputs.get(0));
            if (at < 0) {
                retired.add(run);
                return;
            }
            List<Run> fewer = new ArrayList<>(runs);
            fewer.subList(at, at + inputs.size()).clear();
            fewer.add(at, run);
            runs = List.copyOf(fewer);
            retired.addAll(inputs);
            filtersAreSettled = false;
            succeeded();
        } finally {
            lock.unlock();
        }
        LOG.debug(
                "{} runs of event ids were merged into one of {} entries",
                inputs.size(),
                run.header().count());
    }

    private long cutoff() {
        lock.lock();
        try {
            return cutoff;
        } finally {
            lock.unlock();
        }
    }

    private void succeeded() {
        failure = null;
        reported = "";
        measure();
        changed.signalAll();
    }

    /** Pauses a merge so that it works half of the time, and writes a full table before it continues. */
    private long pause(long since) throws IOException {
        IdTable table = nextTable();
        if (table != null) {
            write(table);
        }
        if (isClosing()) {
            throw new ClosingException();
        }
        if (sizes.runs() < MANY_RUNS) {
            LockSupport.parkNanos(this, System.nanoTime() - since);
        }
        return System.nanoTime();
    }

    private void removeRetired() throws IOException {
        lock.lock();
        try {
            Set<Path> used = new HashSet<>();
            runs.forEach(run -> used.add(run.file().path()));
            for (Run run = retired.peek(); run != null; run = retired.peek()) {
                release(run);
                if (used.contains(run.file().path())) {
                    // Another run was written under the same name.
                    run.close();
                } else {
                    IndexFolder.remove(run);
                }
                retired.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Loads the filters of the smallest runs, the newest first among equal sizes, and a part of the first that does not fit. */
    private void settleFilters() throws IOException {
        removeRetired();
        Map<Run, Integer> wanted = wanted();
        wanted.forEach((run, pages) -> {
            FilterMemory.Loaded filter = run.filter();
            if (filter != null && filter.pages() != pages) {
                unload(run);
            }
        });
        for (Map.Entry<Run, Integer> one : wanted.entrySet()) {
            if (one.getKey().filter() == null && one.getValue() > 0) {
                load(one.getKey(), one.getValue());
            }
        }
        lock.lock();
        try {
            filtersAreSettled = true;
            measure();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private List<Run> current() {
        lock.lock();
        try {
            return runs;
        } finally {
            lock.unlock();
        }
    }

    private Map<Run, Integer> wanted() {
        List<Run> smallest = new ArrayList<>(current());
        smallest.sort(Comparator.comparingLong((Run run) -> run.header().count())
                .thenComparing(run -> -run.header().upTo()));
        long left = memory.maxPages();
        Map<Run, Integer> wanted = new LinkedHashMap<>();
        for (Run run : smallest) {
            long pages = Math.min(left, FilterMemory.pagesOf(run.header()));
            left -= pages;
            wanted.put(run, (int) pages);
        }
        return wanted;
    }

    private void unload(Run run) {
        lock.lock();
        try {
            release(run);
        } finally {
            lock.unlock();
        }
    }

    /** Gives back the pages of a filter that no thread is reading now. */
    private void release(Run run) {
        FilterMemory.Loaded filter = run.filter();
        if (filter != null) {
            run.setFilter(null);
            memory.giveBack(filter);
        }
    }

    private void load(Run run, int pages) throws IOException {
        FilterMemory.Loaded filter = memory.load(run.file(), run.header(), pages);
        lock.lock();
        try {
            run.setFilter(filter);
        } finally {
            lock.unlock();
        }
    }

    private void measure() {
        long entries = 0;
        long bytes = 0;
        int loaded = 0;
        for (Run run : runs) {
            entries += run.header().count();
            bytes += run.header().fileBytes();
            loaded += run.isLoaded() ? 1 : 0;
        }
        sizes = new IdIndex.Sizes(entries, bytes, memory.bytes(), runs.size(), loaded);
    }

    /** Waits until there is nothing left to do; false if that takes longer. For tests and measurements. */
    boolean awaitIdle(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        lock.lock();
        try {
            while (full != null
                    || !retired.isEmpty()
                    || !filtersAreSettled
                    || !MergePlan.next(runs, settings.tableEntries(), cutoff).isEmpty()) {
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
}
