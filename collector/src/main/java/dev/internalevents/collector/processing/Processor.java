package dev.internalevents.collector.processing;

import dev.internalevents.store.ids.IdIndex;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.RefusedException;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.WaitingRequest;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.spool.Spool;
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
 * Drains the spool into the store, and owns every change of the store: one thread writes, others process requests for it.
 * While the store is away everything waits in the spool and is tried again. An event that the store refuses, and one whose
 * registry does not answer, is put aside and holds up no other.
 */
public final class Processor implements AutoCloseable {

    /** How long an event waits for its schema if people wait for what becomes of it. */
    public static final Duration SHORT_WAIT = Aside.SHORT_WAIT;

    /** How long an event waits for its schema otherwise. */
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
     * How it works.
     *
     * @param dedupWindow an event that comes again within this time is dropped
     * @param retainer removes what is older or more than it may become
     * @param threads that process requests
     * @param output where events go besides the store, or null
     * @param requests how the requests of failed events are kept
     * @param load that processing makes way for
     * @param counts counters of what is stored, or null
     * @param losses finds what damage took
     * @param repeats what becomes of an event that was stored before
     * @param lookUps how long an event waits for its schema before it fails; it is tried again later
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

        /** With events that wait for their schemas for {@link Aside#MAX_WAIT}. */
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
     * One that waits.
     *
     * @param requests how many requests have to be dealt with
     * @param lookUps whether no schema may be in flight either
     */
    private record Waiting(long requests, boolean lookUps, CompletableFuture<Void> done) {}

    private record Change<T>(Function<EventStore, T> change, CompletableFuture<T> done) {
        void run(EventStore store) {
            try {
                done.complete(change.apply(store));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            } catch (Error e) {
                // The store is opened anew for it; nothing else would tell its caller.
                done.completeExceptionally(new StoreException("the change failed: " + e, e));
                throw e;
            }
        }
    }

    /**
     * Starts processing; the store is opened by the processing thread, so that requests can be taken meanwhile.
     *
     * @param store opens the store; tried again every second while it throws {@link StoreException}
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

    /** Who sends must not wait for what can be done later. It counts with {@code -XX:ThreadPriorityPolicy=1}. */
    @SuppressWarnings("ThreadPriorityCheck") // Nothing depends on it but how long senders wait.
    private static void yieldToIntake(Thread thread) {
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /** Called by the threads that process, after each piece of work. */
    interface Pace {
        void restAfter(long workedNanos);
    }

    /**
     * Senders come first, as long as there is room for what they send, nobody waits for what was sent, and the last event
     * is not too long ago: on a slow disk senders always wait, and a rest would not help them.
     */
    private void rest(long workedNanos) {
        boolean isLate = System.nanoTime() - caughtUp > MAX_LATE_NANOS;
        if (!stopping && !isLate && waiting.isEmpty() && spool.fill() < HALF) {
            settings.load().restAfter(workedNanos);
        }
    }

    // For the intake

    /** A request is about to be given to the spool. */
    public void expect() {
        begun.incrementAndGet();
    }

    /** The spool did not take it. */
    public void refused() {
        refused.incrementAndGet();
    }

    /** The spool has something new. */
    public void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    // For readers

    /** The store, once it is open. */
    public CompletableFuture<EventStore> store() {
        return opened;
    }

    /** Ends when every request that was taken before the call is in the store. */
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
     * Ends when no registry is being asked for the schema of an event in the store; at once while none is, such as in the
     * pauses between attempts. For requests that were {@link #caughtUp}. It does not end while a registry is asked for one
     * schema after the other, so give it a limit; a future that the caller has completed is forgotten.
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

    /** Changes the store between two transactions. */
    public <T> CompletableFuture<T> change(Function<EventStore, T> change) {
        CompletableFuture<T> done = new CompletableFuture<>();
        changes.add(new Change<>(change, done));
        LockSupport.unpark(thread);
        return done;
    }

    /** Calls back, on the processing thread, whenever the store has changed. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Notes an event that took the place of a failed one, under its number. For the processing thread. */
    private void noteReplaced(StoredEvent event) {
        seen.replaced(event);
        replaced.incrementAndGet();
    }

    /** How often {@link #noteReplaced} was called; for readers that otherwise look at new numbers only. */
    public long replaced() {
        return replaced.get();
    }

    /** What damage took. */
    public Losses losses() {
        return settings.losses();
    }

    /** What was removed for its age or for the size of the store. */
    public Retainer retainer() {
        return settings.retainer();
    }

    public Accounts accounts() {
        return accounts;
    }

    /** How large the index of event ids is. */
    public IdIndex.Sizes eventIds() {
        return seen.sizes();
    }

    /** Why nothing is processed now; null while all is well. */
    public @Nullable String trouble() {
        if (!trouble.isEmpty()) {
            return trouble;
        }
        long waiting = backlog();
        long still = System.nanoTime() - moved;
        return waiting == 0 || still < MAX_STILL_NANOS
                ? null
                : "no request was processed for " + still / 1_000_000_000 + " s, though " + waiting
                        + " wait; the log may say why";
    }

    /** Requests some of whose events wait for a schema. */
    public int aside() {
        return aside;
    }

    /** Tries failed events again; for {@link #change}. */
    public FailedRetry failedRetry() {
        return retry;
    }

    /** Requests that wait. */
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
                    // The store is closed by now; whatever it was, it is begun again from what is stored.
                    trouble = "processing begins again: " + e;
                    LOG.error("processing begins again after an error", e);
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
                failed = work(store, failed.said());
            }
            return failed == null || stopping;
        } finally {
            // Questions from here on wait for the next one.
            opened = new CompletableFuture<>();
        }
    }

    /**
     * A transaction that failed.
     *
     * @param said what the log has of it
     * @param isStoreWell whether the store takes others
     */
    private record Failed(String said, boolean isStoreWell) {}

    private @Nullable EventStore open() {
        String said = "";
        while (!stopping) {
            try {
                EventStore store = opener.get();
                try {
                    settings.losses().opened(store);
                    settings.retainer().opened(store);
                    StoredCounts counts = settings.counts();
                    if (counts != null) {
                        // A question for metrics is to find what the store has.
                        counts.catchUp(store);
                    }
                } catch (RuntimeException | Error e) {
                    // Left open, it could not be opened again.
                    store.close();
                    throw e;
                }
                opened.complete(store);
                trouble = "";
                return store;
            } catch (StoreException e) {
                said = report(said, e.getMessage());
                settings.losses().noteWaiting();
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        return null;
    }

    /** Works until it is to stop, or until a transaction fails; null when it is to stop. */
    private @Nullable Failed work(EventStore store, String saidBefore) {
        if (!remember(store)) {
            return stopping ? null : new Failed(saidBefore, false);
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
        String said = saidBefore;
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
                said = clear(said);
                release(waitingAside);
                if (written > 0) {
                    listeners.forEach(Runnable::run);
                }
                if (store.file().isPresent() && waiting.isEmpty() && !stopping) {
                    // A transaction has a price; under load, several requests share it.
                    LockSupport.parkNanos(this, PAUSE_NANOS - (System.nanoTime() - start));
                }
            }
        } catch (RuntimeException e) {
            return stopping ? null : failed(store, writing ? source : null, said, e);
        } catch (Error e) {
            // Memory, most of the time: less at once may fit, and one request that never fits fails by itself.
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
                // What a transaction is given stays in memory until its end only where it goes elsewhere too.
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
     * Finds out what failed.
     *
     * @param writing what was being written; null if it was something else
     */
    private Failed failed(EventStore store, @Nullable SpoolSource writing, String said, RuntimeException e) {
        String now = String.valueOf(e.getMessage());
        boolean refused = e instanceof RefusedException || !(e instanceof StoreException);
        if (!refused || !isWell(store)) {
            // On a disk that is nearly full there is room for less; and what is stored makes room in the spool.
            isolation.shrink(writing == null ? 0 : writing.given());
            String reported = report(said, now);
            LockSupport.parkNanos(this, RETRY_NANOS);
            return new Failed(reported, false);
        }
        if (writing == null) {
            LOG.warn("something beside the writing of events failed, and is tried again: {}", now);
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
        return new Failed(said, true);
    }

    private static boolean isWell(EventStore store) {
        try {
            store.check();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Learns what the store has; false if that failed. */
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

    /** Tries requests that are aside, for a share of the time; returns whether the store has changed. */
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

    /** Stores what became of a request that was aside; what the store refuses is stored as failed, or left out. */
    private boolean settle(EventStore store, Function<@Nullable String, WaitingSource> attempts) {
        String refused = null;
        for (int attempt = 0; ; attempt++) {
            WaitingSource source = attempts.apply(refused);
            if (!source.changes()) {
                return false;
            }
            if (attempt == 2) {
                LOG.error("a request that was aside is left out: the store refuses it in every form ({})", refused);
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

    /** Those whose requests are in the store need not wait any longer. */
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

    private String report(String said, @Nullable String what) {
        String now = String.valueOf(what);
        trouble = now;
        if (!now.equals(said)) {
            LOG.warn("processing waits, and tries again every second: {}", now);
        }
        return now;
    }

    private String clear(String said) {
        if (!trouble.isEmpty() || !said.isEmpty()) {
            trouble = "";
            LOG.info("processing goes on");
        }
        return "";
    }

    /** Processes what the spool holds, as long as it can be processed, and closes the store. Blocks for it, 30 seconds at most. */
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
