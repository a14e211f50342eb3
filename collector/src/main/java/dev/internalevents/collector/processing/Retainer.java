package dev.internalevents.collector.processing;

import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.protocol.DurationText;
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
 * Removes, about once a minute, events and requests older than their maximum age, unless the clock jumped
 * ({@link RetentionClock}), and the oldest events beyond the store's maximum size. Counts what was removed, and logs it
 * the first time and then once an hour. The processing thread removes, any thread reads the counters.
 */
public final class Retainer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Retainer.class);
    private static final String FILE = "clock";
    private static final long LOG_EVERY_NANOS = Duration.ofHours(1).toNanos();

    private final Retention retention;
    private final RetentionClock clock;
    private final LongSupplier nanos;
    private final @Nullable SinkFollower sink;
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
     * Creates a retainer that uses the machine's clock.
     *
     * @param folder the folder for the clock file; null for a collector in memory
     * @param sink receives events before they are removed; null for none
     */
    public Retainer(@Nullable Path folder, Retention retention, @Nullable SinkFollower sink) {
        this(folder, retention, sink, InstantSource.system(), System::nanoTime);
    }

    /**
     * Creates a retainer that uses other clocks, for tests.
     *
     * @param wall the time of day
     * @param nanos a monotonic time in nanoseconds
     */
    public Retainer(@Nullable Path folder, Retention retention, InstantSource wall, LongSupplier nanos) {
        this(folder, retention, null, wall, nanos);
    }

    Retainer(
            @Nullable Path folder,
            Retention retention,
            @Nullable SinkFollower sink,
            InstantSource wall,
            LongSupplier nanos) {
        this.sink = sink;
        this.retention = retention;
        this.nanos = nanos;
        Duration maxAge = retention.maxAge();
        this.keep = maxAge == null || maxAge.compareTo(retention.rawMaxAge()) < 0 ? retention.rawMaxAge() : maxAge;
        this.clock = new RetentionClock(folder == null ? null : new SmallFile(folder.resolve(FILE)), keep, wall, nanos);
    }

    // The processing thread

    /** Checks the clock after the store was opened, before anything depends on the time. */
    void opened(EventStore store) {
        clock.look(store.newest().orElse(null));
        paused.set(clock.isPaused() ? 1 : 0);
    }

    /** Returns the earliest time that may be the correct time now. */
    Instant earliest() {
        return clock.earliest();
    }

    /**
     * Removes what is due, if a minute has passed since the last check or the clock has jumped.
     *
     * @param firstOfStore whether this is the first call for this store, which always checks
     * @return the current time; null if the clock is not trusted, or was not checked
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
        Removed removed = remove(store, now);
        count(removed);
        log(removed, store.summary(null).total());
        return now;
    }

    private Removed remove(EventStore store, @Nullable Instant now) {
        if (sink == null) {
            return store.retain(retention, clock);
        }
        long removable = sink.removable(store, now);
        long unwritten = sink.unwritten(store, removable);
        Removed removed = store.retain(retention, clock.upTo(removable));
        if (unwritten > 0) {
            sink.removed(unwritten - sink.unwritten(store, removable));
        }
        return removed;
    }

    private void count(Removed removed) {
        old.addAndGet(removed.old());
        surplus.addAndGet(removed.surplus());
        requests.addAndGet(removed.requests());
    }

    private void log(Removed removed, long left) {
        if (isFirstLook && removed.old() > 0 && left == 0) {
            LOG.warn(
                    "--keep {} removed every event of the store, {} of them. If this was not intended: 20d are 20 days,"
                            + " 20s are 20 seconds",
                    keepText(),
                    removed.old());
        }
        isFirstLook = false;
        unlogged = unlogged.plus(removed);
        boolean isTime = !hasLogged || nanos.getAsLong() - loggedAt >= LOG_EVERY_NANOS;
        if (!unlogged.equals(Removed.NOTHING) && isTime) {
            logRemoved();
        }
    }

    private String keepText() {
        Duration maxAge = retention.maxAge();
        return maxAge == null ? "" : DurationText.of(maxAge);
    }

    private void logRemoved() {
        List<String> removed = new ArrayList<>();
        if (unlogged.old() > 0) {
            removed.add(unlogged.old() + " event(s) older than " + keepText() + " (--keep)");
        }
        if (unlogged.surplus() > 0) {
            removed.add(unlogged.surplus() + " event(s) beyond " + retention.maxBytes() + " bytes (--max-store)");
        }
        if (unlogged.requests() > 0) {
            removed.add(unlogged.requests() + " request(s) of failed events older than "
                    + DurationText.of(retention.rawMaxAge()) + " (--keep-raw)");
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

    /** Returns the number of events removed because of their age. */
    public long old() {
        return old.get();
    }

    /** Returns the number of events removed because of the size of the store. */
    public long surplus() {
        return surplus.get();
    }

    /** Returns the number of requests of failed events removed because of their age. */
    public long requests() {
        return requests.get();
    }

    /** Returns whether removal by age is paused because the clock jumped. */
    public boolean isPaused() {
        return paused.get() > 0;
    }
}
