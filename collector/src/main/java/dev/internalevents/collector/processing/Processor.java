package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.RefusedException;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.WaitingRequest;
import dev.internalevents.store.ids.IdIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains the spool into the store, and makes every change to the store: one thread writes, others process requests for it. While the store
 * is unavailable, requests wait in the spool and are retried. An event that the store rejects is stored as a failed event, and one whose
 * registry does not answer waits separately; neither blocks other events.
 */
public final class Processor implements AutoCloseable {

    /** How long an event waits for its schema if users are watching for it. */
    public static final Duration SHORT_WAIT = Aside.SHORT_WAIT;

    /** How long an event waits for its schema if no user is watching for it. */
    public static final Duration LONG_WAIT = Aside.MAX_WAIT;

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final long IDLE_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long TRANSACTION_NANOS = 3_000_000_000L;
    private static final long MAX_TRANSACTION_BYTES = 64 << 20;
    private static final long MAX_ASIDE_BYTES = 256 << 20;
    private static final int ASIDE_AT_ONCE = 20;
    private static final int ASIDE_SHARE = 4;
    private static final long MIN_ROUND_NANOS = 5_000_000L;
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final long MAX_LATE_NANOS = 60_000_000_000L;
    private static final long MAX_STILL_NANOS = 60_000_000_000L;
    private static final double HALF = 0.5;

    private final Spool spool;
    private final Pipeline pipeline;
    private final Supplier<EventStore> opener;
    private final Settings settings;
    private final Accounts accounts = new Accounts();
    private final Pace pace;
    private final FailedRetry retry;
    private final Isolation isolation = new Isolation();
    private final Patience patience = new Patience();
    private final SeenEvents seen;
    private final ExecutorService workers;
    private final Thread thread;
    private final Queue<Change<?>> changes = new ConcurrentLinkedQueue<>();
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile CompletableFuture<EventStore> opened = new CompletableFuture<>();
    private final AtomicLong finished = new AtomicLong();
    private volatile int aside;

    private long asideNext = System.nanoTime();
    private String refusal = "";
    private final AtomicLong replaced = new AtomicLong();
    private volatile boolean stopping;
    private volatile long caughtUp = System.nanoTime();
    private volatile boolean parked;
    private volatile long moved = System.nanoTime();
    private volatile String trouble = "the store is being opened";

    /**
     * Settings of a processor.
     *
     * @param dedupWindow an event that arrives again within this time is a repeat
     * @param retainer removes events beyond the limits of age and size
     * @param threads number of threads that process requests
     * @param output receives events in addition to the store, or null
     * @param requests converts the requests of failed events to the form in which they are stored
     * @param load tells when processing has to slow down for senders
     * @param counts counters of the stored events, or null
     * @param losses finds losses through damage
     * @param repeats what to do with repeats
     * @param lookUps how long an event waits for its schema before it fails; failed ones are retried later
     */
    public record Settings(
            Duration dedupWindow,
            Retainer retainer,
            int threads,
            @Nullable EventOutput output,
            RawRequests requests,
            IntakeLoad load,
            @Nullable StoredCounts counts,
            Losses losses,
            Repeats repeats,
            Duration lookUps) {

        /** Creates settings with which events wait for their schemas for {@link Aside#MAX_WAIT}. */
        public Settings(
                Duration dedupWindow,
                Retainer retainer,
                int threads,
                @Nullable EventOutput output,
                RawRequests requests,
                IntakeLoad load,
                @Nullable StoredCounts counts,
                Losses losses,
                Repeats repeats) {
            this(dedupWindow, retainer, threads, output, requests, load, counts, losses, repeats, Aside.MAX_WAIT);
        }
    }

    /**
     * A caller that waits.
     *
     * @param requests how many requests must have been processed
     * @param lookUps whether additionally no look-up may be in flight
     */
    private record Waiting(long requests, boolean lookUps, CompletableFuture<Void> done) {}

    private record Change<T>(Function<EventStore, T> change, CompletableFuture<T> done) {
        void run(EventStore store) {
            try {
                done.complete(change.apply(store));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            } catch (Error e) {
                // Report it to the caller; the error then makes the processing thread reopen the store.
                done.completeExceptionally(new StoreException("the change failed: " + e, e));
                throw e;
            }
        }
    }

    /**
     * Starts processing. The processing thread opens the store, so that requests can be accepted meanwhile.
     *
     * @param store opens the store; called again every second while it throws {@link StoreException}
     */
    public Processor(Spool spool, Pipeline pipeline, Supplier<EventStore> store, Settings settings) {
        this.spool = spool;
        this.pipeline = pipeline;
        this.opener = store;
        this.settings = settings;
        this.pace = this::rest;
        this.retry = new FailedRetry(pipeline, settings.requests(), settings.counts(), this::noteReplaced);
        this.seen = new SeenEvents(settings.dedupWindow());
        AtomicLong count = new AtomicLong();
        this.workers = Executors.newFixedThreadPool(settings.threads(), task -> {
            Thread worker = new Thread(task, "internal-events-pipeline-" + count.incrementAndGet());
            worker.setDaemon(true);
            yieldToIntake(worker);
            return worker;
        });
        begun.set(spool.held());
        this.thread = new Thread(this::run, "internal-events-processing");
        this.thread.setDaemon(true);
        yieldToIntake(thread);
        this.thread.start();
    }

    /** Lowers the priority, so that senders do not wait for processing. Takes effect with {@code -XX:ThreadPriorityPolicy=1}. */
    @SuppressWarnings("ThreadPriorityCheck") // Only affects how long senders wait.
    private static void yieldToIntake(Thread thread) {
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /** Called by processing threads after each piece of work. */
    interface Pace {
        void restAfter(long workedNanos);
    }

    /**
     * Lets senders go first, as long as the spool is less than half full, no caller waits for requests to be processed, and processing has
     * caught up within the last minute: on a slow disk senders always wait, and a rest would not help them.
     */
    private void rest(long workedNanos) {
        boolean isLate = System.nanoTime() - caughtUp > MAX_LATE_NANOS;
        if (!stopping && !isLate && waiting.isEmpty() && spool.fill() < HALF) {
            settings.load().restAfter(workedNanos);
        }
    }

    // For the intake

    /** Records that a request is about to be appended to the spool. */
    public void expect() {
        begun.incrementAndGet();
    }

    /** Records that the spool did not accept a request. */
    public void refused() {
        refused.incrementAndGet();
    }

    /** Wakes the processing thread after a request was appended to the spool. */
    public void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    // For readers

    /** Returns a future of the store, which completes once the store is open. */
    public CompletableFuture<EventStore> store() {
        return opened;
    }

    /** Returns a future that completes when every request accepted before the call is in the store. */
    public CompletableFuture<Void> caughtUp() {
        long until = begun.get();
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (finished.get() + refused.get() >= until) {
            done.complete(null);
        } else {
            waiting.add(new Waiting(until, false, done));
            LockSupport.unpark(thread);
        }
        return done;
    }

    /**
     * Returns a future that completes when no look-up for a schema of a waiting event is in flight, which includes the pauses between
     * attempts. Use it after {@link #caughtUp}. It does not complete while one look-up follows another, so wait with a timeout; a future
     * that the caller has completed is removed.
     */
    public CompletableFuture<Void> lookedUp() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (aside > 0) {
            waiting.add(new Waiting(0, true, done));
            LockSupport.unpark(thread);
        } else {
            done.complete(null);
        }
        return done;
    }

    /** Runs a change of the store between two transactions, on the processing thread; the future completes with its result. */
    public <T> CompletableFuture<T> change(Function<EventStore, T> change) {
        CompletableFuture<T> done = new CompletableFuture<>();
        changes.add(new Change<>(change, done));
        LockSupport.unpark(thread);
        return done;
    }

    /** Adds a listener that is called on the processing thread whenever the store has changed. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Records an event that replaced a failed one, with the same number. Called by the processing thread. */
    private void noteReplaced(StoredEvent event) {
        seen.replaced(event);
        replaced.incrementAndGet();
    }

    /** Returns how many events have replaced failed ones, for readers that otherwise look only at new numbers. */
    public long replaced() {
        return replaced.get();
    }

    /** Returns the losses through damage. */
    public Losses losses() {
        return settings.losses();
    }

    /** Returns the retainer, which counts events removed because of their age or the size of the store. */
    public Retainer retainer() {
        return settings.retainer();
    }

    public Accounts accounts() {
        return accounts;
    }

    /** Returns the size of the index of event ids. */
    public IdIndex.Sizes eventIds() {
        return seen.sizes();
    }

    /** Returns why nothing is being processed; null while there is no problem. */
    public @Nullable String trouble() {
        if (!trouble.isEmpty()) {
            return trouble;
        }
        long waiting = backlog();
        long still = System.nanoTime() - moved;
        return waiting == 0 || still < MAX_STILL_NANOS
                ? null
                : "no request was processed for " + still / 1_000_000_000 + " s, although " + waiting
                        + " wait; see the log for the reason";
    }

    /** Returns the number of requests with events that wait for a schema. */
    public int aside() {
        return aside;
    }

    /** Returns the retry of failed events, for use in {@link #change}. */
    public FailedRetry failedRetry() {
        return retry;
    }

    /** Returns the number of requests that wait to be processed. */
    public long backlog() {
        return Math.max(0, begun.get() - refused.get() - finished.get());
    }

    // The thread

    private void run() {
        try {
            boolean done = false;
            while (!done) {
                try {
                    EventStore store = open();
                    done = store == null || workAndClose(store);
                } catch (RuntimeException | Error e) {
                    // The store is closed by now; start again from the stored progress, whatever the error was.
                    trouble = "processing restarts: " + e;
                    LOG.error("processing restarts after an error", e);
                    done = stopping;
                    LockSupport.parkNanos(this, RETRY_NANOS);
                }
            }
        } finally {
            workers.shutdownNow();
            seen.close();
            StoredCounts counts = settings.counts();
            if (counts != null) {
                counts.close();
            }
            settings.losses().close();
            settings.retainer().close();
            StoreException over = new StoreException("the collector is stopping", new IllegalStateException());
            opened.completeExceptionally(over);
            changes.forEach(change -> change.done().completeExceptionally(over));
            waiting.forEach(one -> one.done().complete(null));
        }
    }

    private boolean workAndClose(EventStore store) {
        try (store) {
            Failed failed = work(store, "");
            while (failed != null && failed.isStoreWell()) {
                failed = work(store, failed.logged());
            }
            return failed == null || stopping;
        } finally {
            // From here on readers wait for the next store.
            opened = new CompletableFuture<>();
        }
    }

    /**
     * A transaction that failed.
     *
     * @param logged the message already logged
     * @param isStoreWell whether the store accepts other transactions
     */
    private record Failed(String logged, boolean isStoreWell) {}

    private @Nullable EventStore open() {
        String logged = "";
        while (!stopping) {
            try {
                EventStore store = opener.get();
                try {
                    settings.losses().opened(store);
                    settings.retainer().opened(store);
                    StoredCounts counts = settings.counts();
                    if (counts != null) {
                        // Metrics must include everything in the store before it can be queried.
                        counts.catchUp(store);
                    }
                } catch (RuntimeException | Error e) {
                    // A store left open could not be opened again.
                    store.close();
                    throw e;
                }
                opened.complete(store);
                trouble = "";
                return store;
            } catch (StoreException e) {
                logged = report(logged, e.getMessage());
                settings.losses().noteWaiting();
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        return null;
    }

    /** Processes until a stop is requested, and returns null, or until a transaction fails. */
    private @Nullable Failed work(EventStore store, String loggedBefore) {
        if (!remember(store)) {
            return stopping ? null : new Failed(loggedBefore, false);
        }
        StoredCounts counts = settings.counts();
        if (counts != null) {
            counts.catchUp(store);
        }
        spool.reader().rewind();
        Aside waitingAside = new Aside(store, asideBytes(store), settings.lookUps());
        Keeping keeping = new Keeping(
                seen,
                accounts,
                settings.output(),
                settings.requests(),
                pipeline,
                counts,
                settings.repeats(),
                store.summary(null).last());
        Steps steps = new Steps(pipeline, store, workers, pace, patience, WorkMemory.ofHeap());
        SpoolSource source = new SpoolSource(spool, steps, keeping, waitingAside, accounts, store.progress(spool.id()));
        if (isolation.refusesRequest()) {
            source.refuseNext("processing it failed (" + refusal + "), though other requests are processed");
        }
        RegistryRetry registries = new RegistryRetry(retry);
        boolean isNew = true;
        String logged = loggedBefore;
        boolean writing = false;
        try {
            while (true) {
                writing = false;
                look(waitingAside);
                runChanges(store);
                retain(store, isNew);
                isNew = false;
                settings.losses().noteWaiting();
                boolean retried = registries.run(store);
                boolean settled = tryAside(store, steps, keeping, waitingAside, source);
                look(waitingAside);
                if (retried || settled) {
                    listeners.forEach(Runnable::run);
                }
                long start = System.nanoTime();
                if (!source.hasWork()) {
                    caughtUp = start;
                    moved = start;
                    accounts.idle();
                    release(waitingAside);
                    if (stopping) {
                        return null;
                    }
                    park(idleNanos(waitingAside), source);
                    continue;
                }
                writing = true;
                source.begin(limits(store, start));
                int written = store.write(source);
                source.committed();
                look(waitingAside);
                moved = System.nanoTime();
                settings.losses()
                        .committed(source.progress(), store.summary(null).last());
                isolation.stored(source.dealtWith());
                finished.addAndGet(source.finishedRequests());
                logged = clear(logged);
                release(waitingAside);
                if (written > 0) {
                    listeners.forEach(Runnable::run);
                }
                if (store.file().isPresent() && waiting.isEmpty() && !stopping) {
                    // A transaction is expensive; under load, several requests share one.
                    LockSupport.parkNanos(this, PAUSE_NANOS - (System.nanoTime() - start));
                }
            }
        } catch (RuntimeException e) {
            return stopping ? null : failed(store, writing ? source : null, logged, e);
        } catch (Error e) {
            // Usually out of memory: a smaller transaction may fit, and a request that never fits fails alone.
            if (writing) {
                refusal = e.toString();
                isolation.failedForMemory(source.given());
            }
            throw e;
        } finally {
            source.abandon();
        }
    }

    private SpoolSource.Limits limits(EventStore store, long start) {
        boolean inFile = store.file().isPresent();
        long bytes = Math.min(MAX_TRANSACTION_BYTES, Runtime.getRuntime().maxMemory() / 8);
        return new SpoolSource.Limits(
                Math.min(room(store), isolation.most()),
                // With an output or a store in memory, the events of a transaction stay in memory until its end.
                inFile && settings.output() == null ? bytes : bytes / 4,
                start + TRANSACTION_NANOS,
                isolation.measure(),
                refusal);
    }

    private static long asideBytes(EventStore store) {
        return store.file().isPresent()
                ? MAX_ASIDE_BYTES
                : Math.min(MAX_ASIDE_BYTES, Runtime.getRuntime().maxMemory() / 16);
    }

    /**
     * Determines what failed.
     *
     * @param writing the source that was being written; null if something else failed
     */
    private Failed failed(EventStore store, @Nullable SpoolSource writing, String logged, RuntimeException e) {
        String now = String.valueOf(e.getMessage());
        boolean refused = e instanceof RefusedException || !(e instanceof StoreException);
        if (!refused || !isWell(store)) {
            // A smaller transaction may fit on a nearly full disk, and storing it frees space in the spool.
            isolation.shrink(writing == null ? 0 : writing.given());
            String reported = report(logged, now);
            LockSupport.parkNanos(this, RETRY_NANOS);
            return new Failed(reported, false);
        }
        if (writing == null) {
            LOG.warn("an operation other than writing events failed, and is retried: {}", now);
            LockSupport.parkNanos(this, RETRY_NANOS);
        } else if (e instanceof RefusedException refusedRows && refusedRows.isForMemory()) {
            refusal = now;
            isolation.failedForMemory(writing.given());
            LockSupport.parkNanos(this, RETRY_NANOS);
        } else {
            refusal = now;
            isolation.failed(writing.given());
            LOG.debug("a transaction of {} events failed: {}", writing.given(), now);
        }
        return new Failed(logged, true);
    }

    private static boolean isWell(EventStore store) {
        try {
            store.check();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Opens the index of seen events for the store; false if that failed. */
    private boolean remember(EventStore store) {
        try {
            seen.open(store, settings.retainer().earliest(), () -> stopping);
            trouble = "";
            return true;
        } catch (StoreException e) {
            if (!stopping) {
                report("", e.getMessage());
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
            return false;
        }
    }

    /** Retries waiting requests for a share of the time; returns whether the store has changed. */
    private boolean tryAside(EventStore store, Steps steps, Keeping keeping, Aside waitingAside, SpoolSource spooled) {
        long start = System.nanoTime();
        if (waitingAside.size() == 0 || start - asideNext < 0 || spooled.hasDecided()) {
            return false;
        }
        boolean changed = false;
        for (String origin : waitingAside.due(ASIDE_AT_ONCE)) {
            WaitingRequest request = store.waiting(origin).orElse(null);
            if (request == null) {
                waitingAside.gone(origin);
                continue;
            }
            changed |= settle(
                    store,
                    refusal -> new WaitingSource(request, steps, settings.requests(), keeping, waitingAside, refusal));
        }
        spooled.prepareAgain();
        long took = System.nanoTime() - start;
        asideNext = start + took + Math.max(MIN_ROUND_NANOS, ASIDE_SHARE * took);
        return changed;
    }

    /** Stores the result of a waiting request; events that the store rejects are stored as failed, or dropped. */
    private boolean settle(EventStore store, Function<@Nullable String, WaitingSource> attempts) {
        String refused = null;
        for (int attempt = 0; ; attempt++) {
            WaitingSource source = attempts.apply(refused);
            if (!source.changes()) {
                return false;
            }
            if (attempt == 2) {
                LOG.error("a waiting request is dropped: the store refuses it in every form ({})", refused);
                accounts.leftOut();
                source.leaveOut();
            }
            try {
                store.write(source);
                source.committed();
                return true;
            } catch (RuntimeException e) {
                if (attempt == 2 || !isWell(store)) {
                    throw e;
                }
                refused = String.valueOf(e.getMessage());
            }
        }
    }

    private void look(Aside waitingAside) {
        aside = waitingAside.size();
    }

    private long idleNanos(Aside waitingAside) {
        return waitingAside.size() == 0 ? IDLE_NANOS : waiting.isEmpty() ? IDLE_NANOS / 4 : IDLE_NANOS / 20;
    }

    private static long room(EventStore store) {
        return store.preferredRows();
    }

    private void retain(EventStore store, boolean isNew) {
        try {
            Instant now = settings.retainer().look(store, isNew);
            seen.clockSays(settings.retainer().earliest());
            if (now != null) {
                seen.forgetOld(now);
            }
        } catch (RefusedException e) {
            LOG.warn("old events could not be removed: {}", e.getMessage());
        }
    }

    private void runChanges(EventStore store) {
        boolean changed = false;
        for (Change<?> change = changes.poll(); change != null; change = changes.poll()) {
            change.run(store);
            changed = true;
        }
        StoredCounts counts = settings.counts();
        if (changed && counts != null) {
            counts.follow(store);
        }
        if (changed) {
            seen.follow(store);
            listeners.forEach(Runnable::run);
        }
    }

    /** Completes the futures of callers whose requests are in the store. */
    private void release(Aside waitingAside) {
        finished.addAndGet(accounts.takeSkipped());
        long passed = finished.get() + refused.get();
        if (waiting.isEmpty()) {
            return;
        }
        boolean lookedUp = !waitingAside.isAnyDecidedSoon();
        waiting.removeIf(one -> {
            boolean done = one.done().isDone() || (one.requests() <= passed && (lookedUp || !one.lookUps()));
            if (done) {
                one.done().complete(null);
            }
            return done;
        });
    }

    private void park(long nanos, SpoolSource source) {
        parked = true;
        try {
            if (!source.hasWork() && changes.isEmpty() && !stopping) {
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            parked = false;
        }
    }

    private String report(String logged, @Nullable String what) {
        String now = String.valueOf(what);
        trouble = now;
        if (!now.equals(logged)) {
            LOG.warn("processing waits, and tries again every second: {}", now);
        }
        return now;
    }

    private String clear(String logged) {
        if (!trouble.isEmpty() || !logged.isEmpty()) {
            trouble = "";
            LOG.info("processing continues");
        }
        return "";
    }

    /** Drains the spool as long as it can be processed, and closes the store. Blocks for up to 30 seconds. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
