package dev.internalevents.collector.sink;

import dev.internalevents.collector.sink.PendingForgets.Pending;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import dev.internalevents.store.SinkMaintenance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the data of a sink, on a thread of its own: merges files and removes what is not needed any more once an
 * hour, and carries out requests to forget persons once the sink has everything that was stored before them. A failure
 * is logged and counted, and tried again. Never delays the thread that writes events.
 */
public final class SinkMaintainer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkMaintainer.class);

    private static final Duration FIRST = Duration.ofMinutes(5);
    private static final Duration EVERY = Duration.ofHours(1);
    /** Queries that began before the rows of a person were removed can be finished. */
    private static final Duration READERS = Duration.ofHours(4);

    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofMinutes(2);
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final long CLOSE_MILLIS = 2_000;

    private final Opener opener;
    private final SinkFollower follower;
    private final PendingForgets forgets;
    private final Thread thread;
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong merged = new AtomicLong();
    private volatile @Nullable Instant lastRound;
    private volatile boolean stopping;

    // Guarded by this
    private boolean wanted;

    // The maintenance thread
    private @Nullable SinkMaintenance open;
    private long tidyAt = System.nanoTime() + FIRST.toNanos();
    private long notBefore = System.nanoTime();
    private Duration retry = FIRST_RETRY;
    private final Warnings warnings = new Warnings(LOG);

    /** Opens what changes the data. */
    public interface Opener {

        /** Opens it; empty if such a sink needs nothing. */
        Optional<SinkMaintenance> open(BooleanSupplier stopping);

        /** Returns the id under which the collector writes to the sink. */
        UUID collector();
    }

    /**
     * What looks after the sink.
     *
     * @param opener opens it
     * @param forgets the requests to forget persons that the sink has not carried out yet
     */
    public record Care(Opener opener, PendingForgets forgets) {}

    SinkMaintainer(Opener opener, SinkFollower follower, PendingForgets forgets) {
        this.opener = opener;
        this.follower = follower;
        this.forgets = forgets;
        this.thread = new Thread(this::run, "internal-events-sink-maintenance");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    // The processing thread

    /**
     * Records that persons are to be forgotten, on disk. To be called before their events are removed from the store.
     *
     * @param persons the ids, with pseudonyms
     * @param through the last number of the store
     * @param failed the numbers of the failed events that are going to be removed
     * @throws SinkException if it cannot be recorded
     */
    public void forget(Persons persons, long through, Set<Long> failed) {
        forgets.add(new SinkForget(opener.collector(), through, Instant.now(), persons, failed));
    }

    // The maintenance thread

    private void run() {
        try {
            boolean all = await();
            while (!stopping) {
                look(all);
                all = await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeOpened();
        }
    }

    private void closeOpened() {
        SinkMaintenance known = open;
        open = null;
        if (known != null) {
            known.close();
        }
    }

    /** Waits for a while; returns whether everything is to be done now. */
    private synchronized boolean await() throws InterruptedException {
        long end = System.nanoTime() + LOOK.toNanos();
        long left = LOOK.toMillis();
        while (!wanted && !stopping && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
        boolean all = wanted;
        wanted = false;
        return all;
    }

    private void look(boolean all) {
        long now = System.nanoTime();
        if (!all && (follower.trouble() != null || now - notBefore < 0)) {
            return;
        }
        boolean tidy = all || now - tidyAt >= 0;
        try {
            if (!tidy && forgets.all().stream().noneMatch(one -> isDue(one, all))) {
                return;
            }
            if (round(tidy, all)) {
                done(tidy);
            } else {
                notBefore = System.nanoTime() + BUSY.toNanos();
            }
        } catch (SinkException e) {
            failed(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            failed("lake: maintenance failed: " + e, e);
        }
        if (all) {
            rounds.incrementAndGet();
        }
    }

    private void done(boolean tidied) {
        if (tidied) {
            tidied();
        }
        retry = FIRST_RETRY;
        warnings.clear();
    }

    private void failed(String reason, Throwable e) {
        closeOpened();
        if (stopping) {
            LOG.debug("the maintenance of the lake was stopped", e);
            return;
        }
        failures.incrementAndGet();
        notBefore = System.nanoTime() + retry.toNanos();
        retry = retry.multipliedBy(2).compareTo(EVERY) < 0 ? retry.multipliedBy(2) : EVERY;
        warnings.add(reason);
        LOG.debug("the maintenance of the lake failed", e);
    }

    /** Returns false if another collector does it now. */
    private boolean round(boolean tidy, boolean all) {
        SinkMaintenance maintenance = open();
        if (maintenance == null) {
            return true;
        }
        if (!maintenance.take()) {
            LOG.debug("another collector looks after the lake");
            return false;
        }
        try {
            forget(maintenance, all, tidy);
        } finally {
            maintenance.release();
        }
        return true;
    }

    /** A file in which persons cannot be found does not keep the others from being merged. */
    private void forget(SinkMaintenance maintenance, boolean all, boolean tidy) {
        try {
            remove(maintenance, all);
            expire(maintenance, all);
        } catch (SinkException e) {
            if (tidy && !stopping) {
                tidyAfter(maintenance, e);
            }
            throw e;
        }
        if (tidy) {
            tidy(maintenance);
        }
    }

    private void tidyAfter(SinkMaintenance maintenance, SinkException failure) {
        try {
            tidy(maintenance);
            tidied();
        } catch (SinkException e) {
            failure.addSuppressed(e);
        }
    }

    private void tidied() {
        tidyAt = System.nanoTime() + EVERY.toNanos();
        lastRound = Instant.now();
    }

    private @Nullable SinkMaintenance open() {
        SinkMaintenance known = open;
        if (known == null) {
            known = opener.open(() -> stopping).orElse(null);
            open = known;
        }
        return known;
    }

    private boolean isDue(Pending one, boolean all) {
        Instant since = one.since();
        return since == null ? isWritten(one) : all || !since.plus(READERS).isAfter(Instant.now());
    }

    /** Returns whether no event of these persons can be written any more. */
    private boolean isWritten(Pending one) {
        return !one.isOfThisProcess() || follower.settled() >= one.request().through();
    }

    private void remove(SinkMaintenance maintenance, boolean all) {
        List<Pending> due = forgets.all().stream()
                .filter(one -> one.mark() == null && isDue(one, all))
                .toList();
        if (due.isEmpty()) {
            return;
        }
        String mark = maintenance.forget(due.stream().map(Pending::request).toList());
        due.forEach(one -> forgets.set(one.removed(mark, Instant.now())));
        LOG.info(
                "lake: the rows of {} request(s) to forget persons are removed; snapshots that still have them expire in"
                        + " {} hours",
                due.size(),
                READERS.toHours());
    }

    private void expire(SinkMaintenance maintenance, boolean all) {
        for (Pending one : forgets.all()) {
            String mark = one.mark();
            if (mark == null || !isDue(one, all)) {
                continue;
            }
            if (maintenance.expire(mark)) {
                forgets.done(one);
                LOG.info(
                        "lake: no snapshot has the rows of persons any more who were forgotten at {}",
                        one.request().asked());
            } else {
                forgets.set(one.again());
                LOG.warn("lake: the tables were rolled back, so the rows of forgotten persons are removed again");
            }
        }
    }

    private void tidy(SinkMaintenance maintenance) {
        SinkMaintenance.Tidied tidied = maintenance.tidy();
        merged.addAndGet(tidied.merged());
        if (tidied.merged() + tidied.expired() + tidied.orphans() > 0) {
            LOG.info(
                    "lake: {} files were merged, {} snapshots expired, {} files deleted that no snapshot names",
                    tidied.merged(),
                    tidied.expired(),
                    tidied.orphans());
        }
    }

    // Any thread

    /** Does at once what would be due in the next hours; {@link #rounds} counts when it has ended. */
    public synchronized void runNow() {
        wanted = true;
        notifyAll();
    }

    /** Returns how many rounds of {@link #runNow} have ended, also with a failure. */
    public long rounds() {
        return rounds.get();
    }

    /** Returns how many rounds failed since the start. */
    public long failures() {
        return failures.get();
    }

    /** Returns how many files were replaced by fewer since the start. */
    public long merged() {
        return merged.get();
    }

    /** Returns how many requests to forget persons the sink has not carried out yet. */
    public int waitingForgets() {
        return forgets.count();
    }

    /** Returns when everything was looked after last; null if it was not since the start. */
    public @Nullable Instant lastRound() {
        return lastRound;
    }

    /** Stops. Blocks for up to two seconds; what was begun is given up, and done by a later round. */
    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
