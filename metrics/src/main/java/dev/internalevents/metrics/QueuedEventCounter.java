package dev.internalevents.metrics;

import dev.internalevents.spool.Appended;
import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolReader;
import dev.internalevents.spool.SpoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts through a queue on disk: {@code count} appends the event to a file that survives {@code kill -9}, and a thread
 * applies the queued events to a store in batches, each exactly once. While the store is unavailable, events stay
 * queued, and a warning is logged once a minute.
 */
public final class QueuedEventCounter implements EventCounter {

    private static final Logger LOG = LoggerFactory.getLogger(QueuedEventCounter.class);
    private static final int BATCH = 20_000;
    private static final int MAX_BATCH_BYTES = 1 << 20;
    private static final long IDLE_NANOS = 50_000_000L;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long LOG_EVERY_NANOS = 60_000_000_000L;
    private static final long CHECKPOINT_EVERY_NANOS = 10_000_000_000L;

    private final Counters counters;
    private final MetricStore store;
    private final Spool spool;
    private final Thread thread;

    @SuppressWarnings("ThreadLocalUsage") // Batches belong to one counter; the value is removed when the block ends.
    private final ThreadLocal<@Nullable EventFrames> batch = new ThreadLocal<>();

    private final LongAdder taken = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private volatile long applied;
    private volatile boolean stopping;
    private long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;
    private long checkpointAt = System.nanoTime();
    private @Nullable Mark uncommitted;

    private QueuedEventCounter(Counters counters, MetricStore store, Spool spool) {
        this.counters = counters;
        this.store = store;
        this.spool = spool;
        taken.add(spool.held());
        this.thread = new Thread(this::run, "internal-events-counting");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /**
     * Opens the queue, and starts with events left from an earlier run. Blocks while files are read.
     *
     * @param folder used by this process only
     * @param store closed together with this counter
     * @throws IOException if the folder cannot be used, or is in use by another process
     */
    public static QueuedEventCounter open(Counters counters, MetricStore store, Path folder, SpoolSettings settings)
            throws IOException {
        Spool spool = Spool.open(folder, settings);
        try {
            renameOlder(spool, store.durable());
        } catch (IOException | RuntimeException | Error e) {
            spool.close();
            throw e;
        }
        return new QueuedEventCounter(counters, store, spool);
    }

    /**
     * Gives a new id to a queue that is older than the counters because a backup copy was restored. Otherwise the
     * positions of new events would look as if they were counted already. The events in the copy are counted already
     * and are skipped.
     */
    private static void renameOlder(Spool spool, @Nullable Position counted) throws IOException {
        if (counted == null
                || !counted.queue().equals(spool.id())
                || !spool.isOlderThan(counted.segment(), counted.offset())) {
            return;
        }
        SpoolReader reader = spool.reader();
        byte[] frame = reader.next();
        while (frame != null) {
            frame = reader.next();
        }
        reader.commit(reader.mark());
        spool.rename();
        LOG.warn(
                "{}: the queue is older than its counters; its events are counted already, and it gets a new id",
                spool.folder());
    }

    @Override
    public void count(CountedEvent event) {
        if (!counters.counts(event.name())) {
            return;
        }
        try {
            EventFrame frame = new EventFrame(event, counters.filterProperties(event.name()));
            EventFrames open = batch.get();
            if (open == null) {
                append(frame.bytes(), frame.length(), 1);
            } else {
                if (open.length() + frame.length() > MAX_BATCH_BYTES) {
                    append(open);
                }
                open.add(frame);
            }
        } catch (RuntimeException e) {
            lost.increment();
            LOG.debug("an event could not be counted", e);
        }
    }

    private void append(byte[] bytes, int length, int events) {
        if (spool.append(bytes, 0, length) == Appended.YES) {
            taken.increment();
        } else {
            lost.add(events);
        }
    }

    private void append(EventFrames frames) {
        if (frames.count() > 0) {
            append(frames.bytes(), frames.length(), frames.count());
        }
        frames.clear();
    }

    /**
     * Behaves as the interface says, except that a block that counts more than about 10,000 events takes several
     * writes.
     */
    @Override
    public void batch(Runnable block) {
        if (batch.get() != null) {
            block.run();
            return;
        }
        EventFrames frames = new EventFrames();
        batch.set(frames);
        try {
            block.run();
        } finally {
            batch.remove();
            append(frames);
        }
    }

    @Override
    public boolean settle(Duration timeout) {
        long until = taken.sum();
        long deadline = System.nanoTime() + timeout.toNanos();
        LockSupport.unpark(thread);
        synchronized (this) {
            while (applied < until) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || !thread.isAlive()) {
                    return false;
                }
                try {
                    wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    /** Returns the backlog: the number of writes, of single events or batches, that are not yet in the store. */
    public long waiting() {
        return Math.max(0, taken.sum() - applied);
    }

    private void run() {
        SpoolReader reader = spool.reader();
        try {
            while (!stopping) {
                int events = applyNext(reader);
                checkpoint(false);
                if (events == 0) {
                    LockSupport.parkNanos(this, IDLE_NANOS);
                }
            }
            // Apply what was counted before close(), if the store accepts it now.
            while (applyNext(reader) > 0) {
                checkpoint(false);
            }
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "counting failed and stops; events stay in {} and are counted after the next start",
                    spool.folder(),
                    e);
            throw e;
        }
    }

    /**
     * Returns how many writes were applied; 0 if none were queued, or if the store fails while the counter is closing.
     */
    private int applyNext(SpoolReader reader) {
        Increments increments = new Increments();
        int events = 0;
        int entries = 0;
        for (byte[] entry = reader.next(); entry != null; entry = reader.next()) {
            events += count(entry, increments);
            entries++;
            if (events >= BATCH) {
                break;
            }
        }
        if (entries == 0) {
            return 0;
        }
        Mark mark = reader.mark();
        if (!applyUntilTaken(increments, new Position(spool.id(), mark.segment(), mark.offset()))) {
            return 0;
        }
        uncommitted = mark;
        synchronized (this) {
            applied = applied + entries;
            notifyAll();
        }
        return entries;
    }

    /** Adds the events of a queue entry; returns how many there are. */
    private int count(byte[] entry, Increments increments) {
        try {
            List<byte[]> frames = EventFrames.split(entry);
            for (byte[] one : frames) {
                counters.count(EventFrame.decode(one), increments);
            }
            return frames.size();
        } catch (IOException e) {
            LOG.warn("an entry of the queue {} cannot be read and is skipped: {}", spool.folder(), e.getMessage());
            return 1;
        }
    }

    private boolean applyUntilTaken(Increments batch, Position position) {
        boolean failed = false;
        while (true) {
            try {
                store.apply(batch, position);
                if (failed) {
                    LOG.info("the store accepts counts again");
                }
                return true;
            } catch (MetricStoreException e) {
                failed = true;
                long now = System.nanoTime();
                if (now - loggedAt >= LOG_EVERY_NANOS) {
                    loggedAt = now;
                    LOG.warn(
                            "{} events wait in {} to be counted, and nothing is lost: {}",
                            waiting(),
                            spool.folder(),
                            e.getMessage());
                }
                if (stopping) {
                    return false;
                }
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }

    /** Commits the entries that the store has made durable, so that the queue can free them. */
    private void checkpoint(boolean now) {
        Mark mark = uncommitted;
        if (mark == null) {
            return;
        }
        Position reached = new Position(spool.id(), mark.segment(), mark.offset());
        if (isDurable(reached)) {
            spool.reader().commit(mark);
            uncommitted = null;
        } else if (now || System.nanoTime() - checkpointAt >= CHECKPOINT_EVERY_NANOS) {
            checkpointAt = System.nanoTime();
            store.checkpoint();
            if (isDurable(reached)) {
                spool.reader().commit(mark);
                uncommitted = null;
            }
        }
    }

    private boolean isDurable(Position reached) {
        Position durable = store.durable();
        return durable != null && !reached.isAfter(durable);
    }

    /**
     * Applies queued events as far as the store accepts them now, and closes queue and store. Blocks until this is
     * done.
     */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        checkpoint(true);
        spool.close();
        store.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
