package dev.internalevents.metrics;

import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Place;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains the queue of a {@link QueuedEventCounter} into a store, on a thread of its own: each batch of queued events is
 * applied once, and the queue is freed up to the position that the store has made durable. A store that fails is tried
 * again every second, and a warning is logged once a minute.
 *
 * <p>After a kill, the queue may still have entries that are counted. Those up to the store's durable position are
 * skipped. A store that does not know its position at the start, because it is elsewhere, has at most one such batch;
 * it is applied again with the same end, and the store recognizes it.
 */
final class QueueDrain {

    private static final Logger LOG = LoggerFactory.getLogger(QueuedEventCounter.class);
    private static final int BATCH = 20_000;
    private static final long IDLE_NANOS = 50_000_000L;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long LOG_EVERY_NANOS = 60_000_000_000L;
    private static final long CHECKPOINT_EVERY_NANOS = 10_000_000_000L;
    private static final long USE_EVERY_NANOS = Duration.ofDays(1).toNanos();

    /** Two clocks may differ, that of the store and that of this machine. */
    private static final Duration CLOCKS = Duration.ofDays(1);

    private final Counters counters;
    private final MetricStore store;
    private final Spool spool;
    private final BatchEnd batchEnd;
    private final Thread thread;

    private final LongAdder queued = new LongAdder();
    /** Changed by the thread only, under the lock. */
    private volatile long applied;

    private volatile boolean stopping;

    // Used by the thread only, and by stop() after it has ended
    private long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;
    private long checkpointAt = System.nanoTime();
    private long usedAt = System.nanoTime();
    private @Nullable Mark uncommitted;
    /** What the file says when this process started. */
    private final BatchEnd.@Nullable End recorded;
    /** The last end that was recorded. */
    private @Nullable Position end;
    /** The number of entries in the queue when it was opened. */
    private final long atOpen;

    /** Entries up to here were counted by an earlier process; null once they are passed. */
    private @Nullable Position counted;
    /** The end of the batch that an earlier process was applying; null once a batch is applied. */
    private @Nullable Position firstEnd;
    /** Whether the store said up to where it has the queue's entries; nothing can be applied before. */
    private boolean isCompared;
    /** Whether a batch was not accepted before the counter closed; the ones after it must wait with it. */
    private boolean isBatchLeft;

    /** Why nothing is counted until the next start; null if counting goes on. */
    private volatile @Nullable String problem;

    /** @param spool the queue, which may contain entries of an earlier run */
    QueueDrain(Counters counters, MetricStore store, Spool spool) {
        this.counters = counters;
        this.store = store;
        this.spool = spool;
        this.atOpen = spool.held();
        queued.add(atOpen);
        this.batchEnd = new BatchEnd(spool.folder());
        this.counted = store.durable();
        this.recorded = batchEnd.read();
        this.firstEnd = recorded == null ? null : recorded.position();
        this.end = firstEnd;
        this.thread = new Thread(this::run, "internal-events-counting");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Must be called after an entry was added to the queue. */
    void added() {
        queued.increment();
    }

    /** Returns the number of entries that are not yet in the store. */
    long waiting() {
        return Math.max(0, queued.sum() - applied);
    }

    /** Returns why nothing is counted until the next start; empty if counting goes on. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Waits until the store has all entries that are in the queue now; returns false on timeout. */
    boolean settle(Duration timeout) {
        long until = queued.sum();
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

    /**
     * Applies the queued entries as far as the store accepts them now, and ends the thread. Blocks until this is done.
     *
     * @return whether the caller was interrupted meanwhile
     */
    boolean stop() {
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
        checkpoint(CheckpointTime.NOW);
        return interrupted;
    }

    private void run() {
        SpoolReader reader = spool.reader();
        try {
            skipIfOlder(reader);
            while (isCompared && !stopping) {
                int entries = applyNext(reader);
                checkpoint(CheckpointTime.WHEN_DUE);
                useWhenDue();
                if (entries == 0) {
                    LockSupport.parkNanos(this, IDLE_NANOS);
                }
            }
            // Apply what was counted before stop(), if the store accepts it now.
            while (isCompared && !isBatchLeft && applyNext(reader) > 0) {
                checkpoint(CheckpointTime.WHEN_DUE);
            }
        } catch (RuntimeException | Error e) {
            problem = "counting failed and stops; events stay in " + spool.folder()
                    + " and are counted after the next start";
            LOG.error("{}", problem, e);
            throw e;
        }
    }

    /**
     * Gives a new id to a queue that is older than the counters because a backup copy was restored, or the machine lost
     * power. Otherwise the positions of new events would look as if they were counted already. The entries that the
     * queue had when it was opened are counted already, and are skipped. Returns when the store has answered, or at the
     * close.
     */
    private void skipIfOlder(SpoolReader reader) {
        Position known = ask(() -> store.applied(spool.id()));
        if (known == null) {
            refuseIfForgotten();
            return;
        }
        used();
        if (!spool.isOlderThan(new Place(known.sequence(), known.number(), known.offset()))) {
            return;
        }
        for (long i = 0; i < atOpen && reader.next() != null; i++) {
            // Counted already.
        }
        reader.commit(reader.mark());
        try {
            spool.rename();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        synchronized (this) {
            applied = applied + atOpen;
            notifyAll();
        }
        LOG.warn(
                "{}: the queue is older than its counters; its events are counted already, and it gets a new id",
                spool.folder());
    }

    /**
     * Refuses a queue that was not used for so long that the store has forgotten up to where it is counted: its events
     * would be counted again. They wait until the user decides.
     */
    private void refuseIfForgotten() {
        Duration expiry = store.positionExpiry();
        if (expiry == null || recorded == null || atOpen == 0 || !isCompared) {
            return;
        }
        if (recorded.time().plus(expiry).minus(CLOCKS).isAfter(Instant.now())) {
            return;
        }
        isCompared = false;
        problem = spool.folder() + ": the queue was last used on "
                + LocalDate.ofInstant(recorded.time(), ZoneOffset.UTC)
                + ", and the store retains the position of a queue"
                + " for " + expiry.toDays() + " days, so its events may be counted already; they wait, and nothing is"
                + " counted. To count them, delete " + batchEnd.file() + " and restart; to drop them, delete the folder"
                + " and restart";
        LOG.error("{}", problem);
    }

    /** Tells the store once a day that the queue is in use, so that it does not forget its position. */
    private void useWhenDue() {
        if (store.positionExpiry() == null || System.nanoTime() - usedAt < USE_EVERY_NANOS) {
            return;
        }
        usedAt = System.nanoTime();
        try {
            if (store.applied(spool.id()) != null) {
                used();
            }
        } catch (MetricStoreException e) {
            LOG.debug("the store does not answer", e);
        }
    }

    private void used() {
        if (end != null && store.positionExpiry() != null) {
            batchEnd.write(end);
        }
    }

    /**
     * Returns how many entries were applied; 0 if none were queued, or if the store fails while the counter is closing.
     */
    private int applyNext(SpoolReader reader) {
        Increments increments = new Increments();
        int events = 0;
        int entries = 0;
        for (byte[] entry = reader.next(); entry != null; entry = reader.next()) {
            entries++;
            if (isCounted(reader)) {
                continue;
            }
            events += count(entry, increments);
            if (events >= BATCH || isFirstEnd(reader)) {
                break;
            }
        }
        if (entries == 0) {
            return 0;
        }
        Mark mark = reader.mark();
        Position reached = Position.of(mark.place());
        end = reached;
        batchEnd.write(reached);
        if (!applyUntilAccepted(increments, reached)) {
            isBatchLeft = true;
            return 0;
        }
        firstEnd = null;
        uncommitted = mark;
        synchronized (this) {
            applied = applied + entries;
            notifyAll();
        }
        return entries;
    }

    /** Returns whether the entry that was just read was counted by an earlier process. */
    private boolean isCounted(SpoolReader reader) {
        if (counted == null) {
            return false;
        }
        if (Position.of(reader.mark().place()).isAfter(counted)) {
            counted = null;
            return false;
        }
        return true;
    }

    private boolean isFirstEnd(SpoolReader reader) {
        return firstEnd != null && Position.of(reader.mark().place()).equals(firstEnd);
    }

    /** Adds the events of an entry; returns how many there are. */
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

    private boolean applyUntilAccepted(Increments batch, Position position) {
        return untilItAnswers(() -> store.apply(batch, position));
    }

    /** Returns what the store answers; null also if it fails until the counter closes. */
    private @Nullable Position ask(Supplier<@Nullable Position> question) {
        Position[] answer = {null};
        isCompared = untilItAnswers(() -> answer[0] = question.get());
        return answer[0];
    }

    /** Returns false if the store fails until the counter closes. */
    private boolean untilItAnswers(Runnable call) {
        boolean failed = false;
        while (true) {
            try {
                call.run();
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
                            "{} event(s) wait in {} to be counted, and nothing is lost: {}",
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

    private enum CheckpointTime {
        WHEN_DUE,
        NOW
    }

    /** Commits the entries that the store has made durable, so that the queue can free them. */
    private void checkpoint(CheckpointTime time) {
        Mark mark = uncommitted;
        if (mark == null || commitIfDurable(mark)) {
            return;
        }
        if (time == CheckpointTime.NOW || System.nanoTime() - checkpointAt >= CHECKPOINT_EVERY_NANOS) {
            checkpointAt = System.nanoTime();
            store.checkpoint();
            commitIfDurable(mark);
        }
    }

    private boolean commitIfDurable(Mark mark) {
        Position durable = store.durable();
        boolean isDurable = durable != null && !Position.of(mark.place()).isAfter(durable);
        if (isDurable) {
            spool.reader().commit(mark);
            uncommitted = null;
        }
        return isDurable;
    }
}
