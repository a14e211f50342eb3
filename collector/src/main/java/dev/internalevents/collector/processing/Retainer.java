package dev.internalevents.collector.processing;

import dev.internalevents.store.Ages;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Removed;
import dev.internalevents.store.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is older than it may become, about once a minute, unless the clock jumped ({@link RetentionClock}), and the
 * oldest events beyond the store's size; logs what was removed, at once and then the sum of each hour, and counts it. The
 * processing thread looks, any thread reads the counts.
 */
public final class Retainer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Retainer.class);
    private static final String FILE = "clock";
    private static final long LOG_EVERY_NANOS = Duration.ofHours(1).toNanos();

    private final Retention retention;
    private final RetentionClock clock;
    private final LongSupplier nanos;
    private final Duration keep;
    private final AtomicLong old = new AtomicLong();
    private final AtomicLong surplus = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong paused = new AtomicLong();
    private Removed unlogged = Removed.NOTHING;
    private boolean hasLogged;
    private boolean isFirstLook = true;
    private long loggedAt;

    /**
     * A retainer by the machine's clock.
     *
     * @param folder in which the time is noted; null for a collector in memory
     */
    public Retainer(@Nullable Path folder, Retention retention) {
        this(folder, retention, InstantSource.system(), System::nanoTime);
    }

    /**
     * A retainer by other clocks, for tests.
     *
     * @param wall the time of day
     * @param nanos a time that runs evenly, in nanoseconds
     */
    public Retainer(@Nullable Path folder, Retention retention, InstantSource wall, LongSupplier nanos) {
        this.retention = retention;
        this.nanos = nanos;
        Duration maxAge = retention.maxAge();
        this.keep = maxAge == null || maxAge.compareTo(retention.rawMaxAge()) < 0 ? retention.rawMaxAge() : maxAge;
        this.clock = new RetentionClock(folder == null ? null : new SmallFile(folder.resolve(FILE)), keep, wall, nanos);
    }

    // The processing thread

    /** The store was opened: the clock is looked at before anything depends on it. */
    void opened(EventStore store) {
        clock.look(store.newest().orElse(null));
        paused.set(clock.isPaused() ? 1 : 0);
    }

    /** The earliest of the times that may be right now. */
    Instant earliest() {
        return clock.earliest();
    }

    /**
     * Removes what has to be removed, if a minute has passed since the last look.
     *
     * @param firstOfStore whether this store was not looked at yet
     * @return the time before which nothing is needed for deduplication; null if the clock is not to be believed, or was
     *     not looked at
     */
    @Nullable
    Instant look(EventStore store, boolean firstOfStore) {
        if (!firstOfStore && !clock.isDue()) {
            return null;
        }
        clock.look(null);
        paused.set(clock.isPaused() ? 1 : 0);
        Instant now = clock.now();
        if (now != null) {
            clock.foundAhead(store.newestAfter(now.plus(Ages.TOLERANCE)), keep);
        }
        Removed removed = store.retain(retention, clock);
        count(removed);
        log(removed, store.summary(null).total());
        return now;
    }

    private void count(Removed removed) {
        old.addAndGet(removed.old());
        surplus.addAndGet(removed.surplus());
        requests.addAndGet(removed.requests());
    }

    private void log(Removed removed, long left) {
        if (isFirstLook && removed.old() > 0 && left == 0) {
            LOG.warn(
                    "--keep {} removed every event of the store, {} of them. If this is not what was meant: PT20S are 20"
                            + " seconds, P20D are 20 days",
                    retention.maxAge(),
                    removed.old());
        }
        isFirstLook = false;
        unlogged = unlogged.plus(removed);
        boolean isTime = !hasLogged || nanos.getAsLong() - loggedAt >= LOG_EVERY_NANOS;
        if (!unlogged.equals(Removed.NOTHING) && isTime) {
            logRemoved();
        }
    }

    private void logRemoved() {
        List<String> removed = new ArrayList<>();
        if (unlogged.old() > 0) {
            removed.add(unlogged.old() + " event(s) older than " + retention.maxAge() + " (--keep)");
        }
        if (unlogged.surplus() > 0) {
            removed.add(unlogged.surplus() + " event(s) beyond " + retention.maxBytes() + " bytes (--max-store)");
        }
        if (unlogged.requests() > 0) {
            removed.add(unlogged.requests() + " request(s) of failed events older than " + retention.rawMaxAge()
                    + " (--keep-raw)");
        }
        LOG.info("removed {}", String.join(", ", removed));
        unlogged = Removed.NOTHING;
        hasLogged = true;
        loggedAt = nanos.getAsLong();
    }

    @Override
    public void close() {
        if (!unlogged.equals(Removed.NOTHING)) {
            logRemoved();
        }
        clock.close();
    }

    // Any thread

    /** Events that were removed for their age. */
    public long old() {
        return old.get();
    }

    /** Events that were removed for the size of the store. */
    public long surplus() {
        return surplus.get();
    }

    /** Requests of failed events that were removed for their age. */
    public long requests() {
        return requests.get();
    }

    /** Whether nothing is removed for its age, because the clock jumped. */
    public boolean isPaused() {
        return paused.get() > 0;
    }
}
