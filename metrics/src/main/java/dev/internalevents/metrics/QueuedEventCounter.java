package dev.internalevents.metrics;

import dev.internalevents.spool.Appended;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
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
    private static final int MAX_BATCH_BYTES = 1 << 20;

    private final Counters counters;
    private final MetricStore store;
    private final Spool spool;
    private final QueueDrain drain;

    @SuppressWarnings("ThreadLocalUsage") // Batches belong to one counter; the value is removed when the block ends.
    private final ThreadLocal<@Nullable EventFrames> batch = new ThreadLocal<>();

    private final LongAdder lost = new LongAdder();

    private QueuedEventCounter(Counters counters, MetricStore store, Spool spool) {
        this.counters = counters;
        this.store = store;
        this.spool = spool;
        this.drain = new QueueDrain(counters, store, spool);
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
        QueuedEventCounter counter = new QueuedEventCounter(counters, store, Spool.open(folder, settings));
        counter.drain.start();
        return counter;
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
            drain.added();
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
        return drain.settle(timeout);
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    /** Returns the backlog: the number of writes, of single events or batches, that are not yet in the store. */
    public long waiting() {
        return drain.waiting();
    }

    @Override
    public Optional<String> problem() {
        return drain.problem();
    }

    /**
     * Applies queued events as far as the store accepts them now, and closes queue and store. Blocks until this is
     * done.
     */
    @Override
    public void close() {
        boolean interrupted = drain.stop();
        spool.close();
        store.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
