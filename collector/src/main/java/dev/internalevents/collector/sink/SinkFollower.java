package dev.internalevents.collector.sink;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every stored event to an {@link EventSink}, once, in the order of their numbers. The processing thread passes
 * events on while it stores them, and never waits for long; a thread of this follower writes them, and commits what is
 * in the store. What it missed, because it was slower, the sink was away or the process was killed, it reads from the
 * store. Retention asks it which events may be removed.
 */
public final class SinkFollower implements AutoCloseable {

    /** Events that are not in the sink are not removed before they are older than this. */
    public static final Duration PATIENCE = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(SinkFollower.class);

    private static final int PAGE_EVENTS = 5_000;
    private static final long PAGE_BYTES = 8 << 20;
    private static final long MAX_BUFFER_BYTES = 32 << 20;
    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    private static final long MAX_PAUSE_NANOS = 30_000_000_000L;
    private static final long CLOSE_MILLIS = 30_000;

    private final Opener opener;
    private final Settings settings;
    private final @Nullable RetriedEvents retried;
    private final HandOver queue =
            new HandOver(Math.min(MAX_BUFFER_BYTES, Runtime.getRuntime().maxMemory() / 32));
    private final Thread thread;
    private final @Nullable SinkMaintainer maintainer;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicLong openings = new AtomicLong();
    private volatile @Nullable EventStore store;
    private volatile @Nullable String trouble = "it is not open yet";
    private volatile @Nullable Instant lastCommit;
    private volatile long place;

    /** Whether the sink was opened since the start: before, only the sink knows what it has. */
    private volatile boolean isPlaceKnown;

    private final Warnings warnings = new Warnings(LOG);

    private long attempted = Long.MAX_VALUE;

    /** Opens the sink. */
    public interface Opener {

        /**
         * Opens the sink, on the thread of the follower.
         *
         * @param attempted the greatest place that this follower has tried to commit; {@link Long#MAX_VALUE} if it has
         *     not opened a sink yet
         */
        Opened open(long attempted);

        /**
         * Records the last number of a store that was opened, on the processing thread, before anything is added to it.
         */
        default void storeOpened(long last) {}
    }

    /**
     * A sink and where to begin.
     *
     * @param place the number of the last event that the sink has, or need not get
     */
    public record Opened(EventSink sink, long place) {}

    /**
     * When to commit.
     *
     * @param every the longest time between two commits
     * @param bytes the size of what is committed at once
     */
    public record Settings(Duration every, long bytes) {}

    private SinkFollower(
            Opener opener, Settings settings, @Nullable RetriedEvents retried, SinkMaintainer.@Nullable Care care) {
        this.opener = opener;
        this.settings = settings;
        this.retried = retried;
        this.thread = new Thread(this::run, "internal-events-sink");
        thread.setDaemon(true);
        this.maintainer = care == null ? null : new SinkMaintainer(care.opener(), this, care.forgets());
    }

    /** Starts the thread; it opens the sink once the store is open. */
    public static SinkFollower start(Opener opener, Settings settings) {
        return start(opener, settings, null, null);
    }

    /**
     * Starts the thread, and one that looks after the sink; they open it once the store is open.
     *
     * @param retried remembers failed events that became good; null if there are none
     * @param care null if nothing looks after the sink
     */
    public static SinkFollower start(
            Opener opener, Settings settings, @Nullable RetriedEvents retried, SinkMaintainer.@Nullable Care care) {
        SinkFollower follower = new SinkFollower(opener, settings, retried, care);
        if (follower.maintainer != null) {
            follower.maintainer.start();
        }
        follower.thread.start();
        return follower;
    }

    // The processing thread

    /** Names the store to read from, after it was opened. */
    public void opened(EventStore events) {
        long last = events.summary(null).last();
        opener.storeOpened(last);
        store = events;
        queue.opened(last);
        openings.incrementAndGet();
    }

    /** Returns what the processing thread passes the events to that it stores. */
    public HandOver input() {
        return queue;
    }

    /**
     * Prepares for a failed event that is going to be good in the store. The store is changed after this, and
     * {@link #retried} follows.
     *
     * @return false if the event has to stay a failed one for now
     */
    public boolean retrying(long number) {
        try {
            return retried == null || retried.add(number);
        } catch (SinkException e) {
            LOG.warn("the failed event {} is left as it is: {}", number, e.getMessage());
            return false;
        }
    }

    /** Follows {@link #retrying}, whether the store was changed or not. */
    public void retried(long number) {
        if (retried != null) {
            retried.changed(number);
        }
    }

    /**
     * Returns the greatest number of an event that retention may remove: those that are in the sink, and those that
     * have waited for it for {@link #PATIENCE}.
     *
     * @param now null while the clock is not trusted
     */
    public long removable(EventStore events, @Nullable Instant now) {
        long written = settled();
        if (now == null || written >= events.summary(null).last()) {
            return written;
        }
        EventQuery old = EventQuery.ALL.withRepeats(true).between(null, now.minus(PATIENCE));
        return events.find(old, 0, 1).stream().mapToLong(StoredEvent::number).reduce(written, Math::max);
    }

    /** Returns the number of stored events that the sink does not have, up to a number. */
    public long unwritten(EventStore events, long through) {
        long written = place;
        return through <= written
                ? 0
                : events.count(EventQuery.ALL.after(written).before(through + 1));
    }

    /** Counts events that retention removed before they were in the sink. */
    public void removed(long unwritten) {
        if (unwritten > 0) {
            missed.addAndGet(unwritten);
            LOG.error(
                    "{} event(s) were removed from the store that {} in the lake, which could not be written for {} days",
                    unwritten,
                    isPlaceKnown ? "are not" : "may not be",
                    PATIENCE.toDays());
        }
    }

    // The thread of the sink

    private void run() {
        long pause = FIRST_PAUSE_NANOS;
        boolean done = false;
        while (!done) {
            long before = place;
            try {
                done = follow();
            } catch (InterruptedException e) {
                return;
            } catch (SinkException | StoreException e) {
                failed(String.valueOf(e.getMessage()));
                LOG.debug("the lake failed", e);
            } catch (RuntimeException | Error e) {
                ForeignCode.caught(e);
                failed("lake: " + e);
                LOG.debug("the lake failed", e);
            }
            if (!done && queue.isStopping()) {
                return;
            }
            pause = place > before ? FIRST_PAUSE_NANOS : pause;
            try {
                if (!done) {
                    queue.pause(pause);
                }
            } catch (InterruptedException e) {
                return;
            }
            pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
        }
    }

    private void failed(String reason) {
        warnings.add(reason);
        trouble = reason;
        failures.incrementAndGet();
    }

    /** Follows the store until the collector stops; returns true then. */
    private boolean follow() throws InterruptedException {
        // Without a store, after a close, what was handed over is still written.
        while (openings.get() == 0) {
            if (queue.isStopping()) {
                return true;
            }
            queue.await(queue.changes(), FIRST_PAUSE_NANOS / 10);
        }
        long opening = openings.get();
        int failed = queue.failed();
        Opened opened = opener.open(attempted);
        try (EventSink sink = opened.sink()) {
            place = opened.place();
            isPlaceKnown = true;
            attempted = place;
            if (retried != null) {
                retried.done(sink.retried());
            }
            trouble = null;
            long handed = place;
            long committedAt = System.nanoTime();
            boolean stopping = false;
            while (true) {
                if (openings.get() != opening || queue.failed() != failed) {
                    // The sink is compared with the store that was opened, or has events that are not in the store.
                    return false;
                }
                long left = committedAt + settings.every().toNanos() - System.nanoTime();
                boolean due = left <= 0 || sink.pending() >= settings.bytes() || (stopping && handed > place);
                long seen = queue.changes();
                if (due && (handed == place || queue.isStored(handed, failed))) {
                    attempted = handed;
                    sink.commit(handed);
                    place = handed;
                    addRetried(sink);
                    lastCommit = Instant.now();
                    warnings.clear();
                    committedAt = System.nanoTime();
                } else if (stopping) {
                    return true;
                } else {
                    boolean wasStopping = queue.isStopping();
                    long written = step(sink, handed);
                    stopping = wasStopping && written == handed;
                    if (written == handed && !stopping) {
                        // A commit that is due waits for the end of the transaction.
                        queue.await(seen, due ? FIRST_PAUSE_NANOS : left);
                    }
                    handed = written;
                }
            }
        }
    }

    /** Writes the next events; returns the number of the last one, or of the one before them if there are none. */
    private long step(EventSink sink, long handed) {
        long missing = queue.missing(handed);
        if (missing > handed) {
            return readFromStore(sink, handed, missing);
        }
        HandOver.Batch batch = queue.next(handed);
        if (batch == null) {
            return handed;
        }
        sink.write(withoutRetried(after(batch.events(), handed)));
        return batch.through();
    }

    private static List<StoredEvent> after(List<StoredEvent> events, long number) {
        return events.isEmpty() || events.get(0).number() > number
                ? events
                : events.stream().filter(event -> event.number() > number).toList();
    }

    private List<StoredEvent> withoutRetried(List<StoredEvent> events) {
        return retried == null ? events : retried.without(events);
    }

    private void addRetried(EventSink sink) {
        EventStore from = store;
        if (retried != null && from != null) {
            retried.add(sink, from, place);
        }
    }

    private long readFromStore(EventSink sink, long handed, long through) {
        EventStore from = store;
        if (from == null) {
            return handed;
        }
        EventQuery query = EventQuery.ALL
                .after(handed)
                .before(through == Long.MAX_VALUE ? through : through + 1)
                .oldestFirst();
        List<StoredEvent> page = from.find(query, 0, PAGE_EVENTS, PAGE_BYTES);
        if (page.isEmpty()) {
            return through;
        }
        sink.write(withoutRetried(page));
        return page.get(page.size() - 1).number();
    }

    // Any thread

    /** Returns the number of the last event that is in the sink. */
    public long place() {
        return place;
    }

    /** Returns the number up to which no event will be written any more, also none that became good. */
    long settled() {
        return retried == null ? place : Math.min(place, retried.first() - 1);
    }

    /** Returns how many event numbers the sink is behind the store. */
    public long behind() {
        return Math.max(0, queue.last() - place);
    }

    /** Returns the time of the last commit since the start; null if there was none. */
    public @Nullable Instant lastCommit() {
        return lastCommit;
    }

    /** Returns how often the sink could not be opened, read or written since the start. */
    public long failures() {
        return failures.get();
    }

    /** Returns how many events retention removed before they were in the sink, since the start. */
    public long missed() {
        return missed.get();
    }

    /** Returns what looks after the sink; null if nothing does. */
    public @Nullable SinkMaintainer maintainer() {
        return maintainer;
    }

    /** Returns why the sink is not written; null while there is no problem. */
    public @Nullable String trouble() {
        return trouble;
    }

    /**
     * Writes what was handed over, commits and closes the sink. To be called after the store was closed. Blocks for up
     * to 30 seconds; what is not in the sink by then is written after the next start.
     */
    @Override
    public void close() {
        if (maintainer != null) {
            maintainer.close();
        }
        store = null;
        queue.stop();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
