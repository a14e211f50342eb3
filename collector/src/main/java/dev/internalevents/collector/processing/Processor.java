package dev.internalevents.collector.processing;

import dev.internalevents.collector.processing.seen.IdIndex;
import dev.internalevents.collector.store.EventOutput;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.Progress;
import dev.internalevents.collector.store.RawRequests;
import dev.internalevents.collector.store.Retention;
import dev.internalevents.collector.store.StoreException;
import dev.internalevents.collector.store.duckdb.DuckDbEventStore;
import dev.internalevents.iglu.RegistryUnavailableException;
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
 * Works the spool off into the store, and owns every change of the store: one thread writes, others process requests for
 * it. What cannot be processed now, because a registry or the store is away, waits in the spool and is tried again.
 */
public final class Processor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final long IDLE_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long TRANSACTION_NANOS = 3_000_000_000L;
    private static final long MAX_TRANSACTION = 1L << 40;
    private static final long FAILED_TRANSACTION = 4_096;
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final long MAX_LATE_NANOS = 60_000_000_000L;
    private static final double HALF = 0.5;
    private static final Duration RETENTION_EVERY = Duration.ofMinutes(1);

    private final Spool spool;
    private final Pipeline pipeline;
    private final Supplier<EventStore> opener;
    private final Settings settings;
    private final Accounts accounts = new Accounts();
    private final Pace pace;
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
    private long most = MAX_TRANSACTION;
    private volatile boolean stopping;
    private volatile long caughtUp = System.nanoTime();
    private volatile boolean parked;
    private volatile String trouble = "the store is being opened";

    /**
     * How it works.
     *
     * @param dedupWindow an event that comes again within this time is dropped
     * @param retention how long events are kept
     * @param threads that process requests
     * @param output where events go besides the store, or null
     * @param requests how the requests of failed events are kept
     * @param load that processing makes way for
     * @param counts counters of what is stored, or null
     */
    public record Settings(
            Duration dedupWindow,
            Retention retention,
            int threads,
            @Nullable EventOutput output,
            RawRequests requests,
            IntakeLoad load,
            @Nullable StoredCounts counts) {}

    private record Waiting(long requests, CompletableFuture<Void> done) {}

    private record Change<T>(Function<EventStore, T> change, CompletableFuture<T> done) {
        void run(EventStore store) {
            try {
                done.complete(change.apply(store));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
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
     * is not too long ago: a disk that is slow keeps senders waiting for ever, and no rest helps them.
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
            waiting.add(new Waiting(until, done));
            LockSupport.unpark(thread);
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

    public Accounts accounts() {
        return accounts;
    }

    /** How large the index of event ids is. */
    public IdIndex.Sizes eventIds() {
        return seen.sizes();
    }

    /** Why nothing is processed now; null while all is well. */
    public @Nullable String trouble() {
        return trouble.isEmpty() ? null : trouble;
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
                EventStore store = open();
                done = store == null || workAndClose(store);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("processing ended; requests are still taken into the spool. Start the collector again", e);
            trouble = "processing ended: " + e;
            throw e;
        } finally {
            workers.shutdownNow();
            seen.close();
            StoredCounts counts = settings.counts();
            if (counts != null) {
                counts.close();
            }
            StoreException over = new StoreException("the collector is stopping", new IllegalStateException());
            opened.completeExceptionally(over);
            changes.forEach(change -> change.done().completeExceptionally(over));
            waiting.forEach(one -> one.done().complete(null));
        }
    }

    private boolean workAndClose(EventStore store) {
        try (store) {
            return work(store);
        } finally {
            // Whoever asks from here on waits for the next one.
            opened = new CompletableFuture<>();
        }
    }

    private @Nullable EventStore open() {
        String said = "";
        while (!stopping) {
            try {
                EventStore store = opener.get();
                StoredCounts counts = settings.counts();
                if (counts != null) {
                    // Who asks for metrics is to find what the store has.
                    counts.catchUp(store);
                }
                opened.complete(store);
                trouble = "";
                return store;
            } catch (StoreException e) {
                said = report(said, e.getMessage());
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        return null;
    }

    /** Works until it is to stop, which is true, or until the store fails and has to be opened again. */
    private boolean work(EventStore store) {
        if (!remember(store)) {
            return stopping;
        }
        SpoolSource source = source(store);
        Instant retained = Instant.EPOCH;
        String said = "";
        while (true) {
            runChanges(store);
            if (Duration.between(retained, Instant.now()).abs().compareTo(RETENTION_EVERY) > 0) {
                retained = Instant.now();
                retain(store, retained);
            }
            long start = System.nanoTime();
            try {
                if (!source.hasWork()) {
                    caughtUp = start;
                    accounts.idle();
                    release();
                    if (stopping) {
                        return true;
                    }
                    park(IDLE_NANOS, source);
                    continue;
                }
                source.begin(Math.min(room(store), most), TRANSACTION_NANOS);
                int written = store.write(source);
                source.committed();
                most = Math.min(2 * most, MAX_TRANSACTION);
                finished.addAndGet(source.finishedRequests());
                RegistryUnavailableException away = source.waiting();
                said = away == null ? clear() : report(said, away.getMessage());
                release();
                if (written > 0) {
                    listeners.forEach(Runnable::run);
                }
                if (away != null) {
                    if (stopping) {
                        return true;
                    }
                    LockSupport.parkNanos(this, RETRY_NANOS);
                } else if (store instanceof DuckDbEventStore && waiting.isEmpty() && !stopping) {
                    // A transaction has a price; under load, several requests share it.
                    LockSupport.parkNanos(this, PAUSE_NANOS - (System.nanoTime() - start));
                }
            } catch (RuntimeException e) {
                report(said, String.valueOf(e.getMessage()));
                spool.reader().rewind();
                // On a disk that is nearly full there is room for less; and what is stored makes room in the spool.
                most = Math.max(1, Math.min(most, FAILED_TRANSACTION) / 4);
                LockSupport.parkNanos(this, RETRY_NANOS);
                return stopping;
            }
        }
    }

    /** Learns what the store has; false if that failed. */
    private boolean remember(EventStore store) {
        trouble = "the ids of stored events are being read";
        try {
            seen.open(store, Instant.now(), () -> stopping);
            trouble = "";
            return true;
        } catch (StoreException e) {
            report("", e.getMessage());
            LockSupport.parkNanos(this, RETRY_NANOS);
            return false;
        }
    }

    private SpoolSource source(EventStore store) {
        Progress progress = store.progress(spool.id());
        return new SpoolSource(
                spool,
                pipeline,
                store,
                workers,
                seen,
                accounts,
                settings.output(),
                settings.requests(),
                pace,
                settings.counts(),
                progress,
                store.summary(null).last());
    }

    private static long room(EventStore store) {
        return store instanceof DuckDbEventStore file ? file.rowsToFullGroup() : Long.MAX_VALUE;
    }

    private void retain(EventStore store, Instant now) {
        try {
            store.retain(settings.retention(), now);
            seen.forgetOld(now);
        } catch (StoreException e) {
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
    private void release() {
        finished.addAndGet(accounts.takeSkipped());
        long passed = finished.get() + refused.get();
        waiting.removeIf(one -> {
            boolean done = one.requests() <= passed;
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

    private String clear() {
        if (!trouble.isEmpty()) {
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
