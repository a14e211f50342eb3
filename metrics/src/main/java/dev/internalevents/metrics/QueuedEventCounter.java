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
 * Counts through a queue on disk: {@code count} puts the event into a file that survives {@code kill -9}, and a thread
 * applies what waits there to a store, batch by batch, each once. While the store is away events wait, and one line a
 * minute says so.
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

    @SuppressWarnings(
            "ThreadLocalUsage") // One counter's batches are not another's; the value goes when the block ends.
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
     * Opens the queue, and begins with what waits in it from before. Blocks while files are read.
     *
     * @param folder of this process alone
     * @param store closed with this
     * @throws IOException when the folder cannot be used, or another process uses it
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
     * Renames a queue that is older than what was counted of it, because a copy was put back: what is taken from now on
     * would be taken for what is counted already. What it has is counted, and passed over.
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
                "{} is older than what was counted of it; what waited in it is counted, and it has a new id",
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

    /** As the interface says; a block that counts more than some 10,000 events is several writes. */
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

    /** Writes that wait for the store: events, and batches of them. */
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
            // What was counted before close() is applied, if the store takes it now.
            while (applyNext(reader) > 0) {
                checkpoint(false);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("counting ended; events wait in {} and are counted after the next start", spool.folder(), e);
            throw e;
        }
    }

    /** How many writes were applied; 0 when none waits, or the store does not take them and all is over. */
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

    /** Adds what an entry of the queue means; answers how many events it has. */
    private int count(byte[] entry, Increments increments) {
        try {
            List<byte[]> frames = EventFrames.split(entry);
            for (byte[] one : frames) {
                counters.count(EventFrame.decode(one), increments);
            }
            return frames.size();
        } catch (IOException e) {
            LOG.warn("an entry of the queue {} is left out: {}", spool.folder(), e.getMessage());
            return 1;
        }
    }

    private boolean applyUntilTaken(Increments batch, Position position) {
        boolean failed = false;
        while (true) {
            try {
                store.apply(batch, position);
                if (failed) {
                    LOG.info("counts are taken again");
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

    /** The queue lets go of what the store has for good. */
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

    /** Applies what waits, as far as the store takes it now, and closes queue and store. Blocks for it. */
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
