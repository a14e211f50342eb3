package dev.internalevents.collector.processing;

import dev.internalevents.spool.Mark;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Progress;
import dev.internalevents.store.RefusedException;
import dev.internalevents.store.StoreException;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to an open store until a transaction fails or the collector stops: requests of the spool, and between two
 * transactions requested changes, removals and retries. Used by the processing thread.
 */
final class StoreSession {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final long IDLE_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long TRANSACTION_NANOS = 3_000_000_000L;
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final long MAX_TRANSACTION_BYTES = 64 << 20;
    private static final long MAX_ASIDE_BYTES = 256 << 20;

    private final EventStore store;
    private final ProcessingParts parts;
    private final @Nullable StoredCounts counts;
    private final Aside aside;
    private final Keeping keeping;
    private final Steps steps;
    private final SpoolSource source;
    private final RegistryRetry registries;
    private boolean isFirstRound = true;
    private boolean writing;

    /** Why a session ended. */
    enum End {
        /** The collector stops. */
        STOPPED,
        /** A transaction failed, and the store accepts others. */
        TRANSACTION_FAILED,
        /** The store accepts nothing, and is to be opened again. */
        STORE_FAILED
    }

    /** Runs a session. Starts from the store's progress, whatever an earlier session has read from the spool. */
    static End run(EventStore store, ProcessingParts parts) {
        if (!openIds(store, parts)) {
            return parts.isStopping() ? End.STOPPED : End.STORE_FAILED;
        }
        StoredCounts counts = parts.followers.counts();
        if (counts != null) {
            counts.catchUp(store);
        }
        parts.spool.reader().rewind();
        return new StoreSession(store, parts).run();
    }

    /** Opens the index of seen events for the store; returns false if that failed. */
    private static boolean openIds(EventStore store, ProcessingParts parts) {
        try {
            parts.seen.open(store, parts.followers.retainer().earliest(), parts::isStopping);
            parts.trouble.opened();
            return true;
        } catch (StoreException e) {
            if (!parts.isStopping()) {
                parts.trouble.opening();
                parts.trouble.report(e.getMessage());
                LockSupport.parkNanos(parts, RETRY_NANOS);
            }
            return false;
        }
    }

    private StoreSession(EventStore store, ProcessingParts parts) {
        this.store = store;
        this.parts = parts;
        this.counts = parts.followers.counts();
        this.aside = new Aside(store, asideBytes(store), parts.settings.rules().lookUps());
        this.keeping = new Keeping(
                parts.seen,
                parts.outcomes,
                parts.pipeline,
                parts.settings,
                store.summary(null).last());
        this.steps = new Steps(parts.pipeline, store, parts.workers, parts.pace, parts.patience, WorkMemory.ofHeap());
        Progress progress = store.progress(parts.spool.id());
        ReadAhead ahead = new ReadAhead(parts.spool, steps, progress);
        if (parts.isolation.refusesRequest()) {
            ahead.refuseNext(
                    "processing it failed (" + parts.isolation.reason() + "), though other requests are processed");
        }
        this.source = new SpoolSource(ahead, steps, keeping, aside, parts.outcomes, progress);
        this.registries = new RegistryRetry(parts.failedRetry);
    }

    private static long asideBytes(EventStore store) {
        return store.file().isPresent()
                ? MAX_ASIDE_BYTES
                : Math.min(MAX_ASIDE_BYTES, Runtime.getRuntime().maxMemory() / 16);
    }

    private End run() {
        try {
            while (true) {
                writing = false;
                betweenTransactions();
                long start = System.nanoTime();
                if (source.hasWork()) {
                    writing = true;
                    write(start);
                } else {
                    caughtUp();
                    if (parts.isStopping()) {
                        return End.STOPPED;
                    }
                    sleep();
                }
            }
        } catch (RuntimeException e) {
            return parts.isStopping() ? End.STOPPED : failed(e);
        } catch (Error e) {
            // Usually out of memory: a smaller transaction may fit, and a request that never fits fails alone.
            if (writing) {
                parts.isolation.failedForMemory(source.transaction().given(), e.toString());
            }
            throw e;
        } finally {
            source.abandon();
            keeping.abandon();
        }
    }

    // Between two transactions

    private void betweenTransactions() {
        parts.backlog.aside(aside.size());
        runChanges();
        retain();
        parts.followers.losses().noteWaiting();
        boolean retried = registries.run(store);
        boolean settled = retryWaiting();
        parts.backlog.aside(aside.size());
        if (retried || settled) {
            parts.changes.changed();
        }
    }

    private void runChanges() {
        if (!parts.changes.run(store)) {
            return;
        }
        if (counts != null) {
            counts.follow(store);
        }
        parts.seen.follow(store);
        parts.changes.changed();
    }

    private void retain() {
        boolean isFirst = isFirstRound;
        isFirstRound = false;
        try {
            Retainer retainer = parts.followers.retainer();
            Instant now = retainer.look(store, isFirst);
            parts.seen.clockSays(retainer.earliest());
            if (now != null) {
                parts.seen.forgetOld(now);
            }
        } catch (RefusedException e) {
            LOG.warn("old events could not be removed: {}", e.getMessage());
        }
    }

    /**
     * Retries waiting requests, unless the spool's next event was decided on; returns whether the store has changed.
     */
    private boolean retryWaiting() {
        if (aside.size() == 0 || !parts.waitingRetry.isDue() || source.hasDecided()) {
            return false;
        }
        boolean changed = parts.waitingRetry.run(store, steps, keeping, aside);
        source.prepareAgain();
        return changed;
    }

    // A transaction

    private void write(long start) {
        source.begin(limits(start));
        int written = store.write(source);
        source.committed();
        Mark finished = source.finished();
        if (finished != null) {
            parts.spool.reader().commit(finished);
        }
        parts.backlog.aside(aside.size());
        parts.trouble.moved();
        parts.followers
                .losses()
                .committed(source.progress(), store.summary(null).last());
        parts.isolation.stored(source.transaction().dealtWith());
        parts.backlog.reached(finished);
        parts.trouble.clear();
        parts.backlog.release(aside);
        if (written > 0) {
            parts.changes.changed();
        }
        if (store.file().isPresent() && !parts.backlog.isAwaited() && !parts.isStopping()) {
            // A transaction is expensive; under load, several requests share one.
            LockSupport.parkNanos(this, PAUSE_NANOS - (System.nanoTime() - start));
        }
    }

    private Transaction.Limits limits(long start) {
        boolean inFile = store.file().isPresent();
        long bytes = Math.min(MAX_TRANSACTION_BYTES, Runtime.getRuntime().maxMemory() / 8);
        return new Transaction.Limits(
                Math.min(store.preferredRows(), parts.isolation.most()),
                // With an output or a store in memory, the events of a transaction stay in memory until its end.
                inFile && parts.followers.output() == null ? bytes : bytes / 4,
                start + TRANSACTION_NANOS,
                parts.isolation.measure(),
                parts.isolation.reason());
    }

    /** Determines what failed. */
    private End failed(RuntimeException e) {
        String now = String.valueOf(e.getMessage());
        int given = writing ? source.transaction().given() : 0;
        boolean refused = e instanceof RefusedException || !(e instanceof StoreException);
        if (!refused || !WaitingRetry.isWell(store)) {
            // A smaller transaction may fit on a nearly full disk, and storing it frees space in the spool.
            parts.isolation.shrink(given);
            parts.trouble.report(now);
            LockSupport.parkNanos(this, RETRY_NANOS);
            return End.STORE_FAILED;
        }
        if (!writing) {
            LOG.warn("an operation other than writing events failed, and is retried: {}", now);
            LockSupport.parkNanos(this, RETRY_NANOS);
        } else if (e instanceof RefusedException refusedRows && refusedRows.isForMemory()) {
            parts.isolation.failedForMemory(given, now);
            LockSupport.parkNanos(this, RETRY_NANOS);
        } else {
            parts.isolation.failed(given, now);
            LOG.debug("a transaction of {} events failed: {}", given, now);
        }
        return End.TRANSACTION_FAILED;
    }

    // Nothing to do

    private void caughtUp() {
        parts.pace.caughtUp();
        parts.trouble.moved();
        parts.outcomes.idle();
        parts.backlog.reached(source.finished());
        parts.backlog.release(aside);
    }

    private void sleep() {
        long nanos = aside.size() == 0 ? IDLE_NANOS : parts.backlog.isAwaited() ? IDLE_NANOS / 20 : IDLE_NANOS / 4;
        parts.sleep.sleep(nanos, () -> !source.hasWork() && parts.changes.isEmpty() && !parts.isStopping());
    }
}
