package dev.internalevents.collector.processing;

import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The processing thread: opens the store, runs {@link StoreSession}s on it, and opens it again after a failure. */
final class StoreThread {

    private static final long RETRY_NANOS = 1_000_000_000L;

    private final ProcessingParts parts;
    private final Supplier<EventStore> opener;
    private final Thread thread;
    private volatile CompletableFuture<EventStore> opened = new CompletableFuture<>();

    /** @param opener opens the store; called again every second while it throws {@link StoreException} */
    StoreThread(ProcessingParts parts, Supplier<EventStore> opener) {
        this.parts = parts;
        this.opener = opener;
        this.thread = ProcessingParts.thread(this::run, "internal-events-processing");
    }

    void start() {
        parts.sleep.of(thread);
        thread.start();
    }

    /** Returns a future of the store, which completes once the store is open. */
    CompletableFuture<EventStore> store() {
        return opened;
    }

    /** Waits up to a time for the thread to end. */
    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    private void run() {
        try {
            boolean done = false;
            while (!done) {
                try {
                    EventStore store = open();
                    done = store == null || workAndClose(store);
                } catch (RuntimeException | Error e) {
                    // The store is closed by now; start again from the stored progress, whatever the error was.
                    parts.trouble.restarting(e);
                    done = parts.isStopping();
                    LockSupport.parkNanos(this, RETRY_NANOS);
                }
            }
        } finally {
            parts.close();
            StoreException over = new StoreException("the collector is stopping", new IllegalStateException());
            opened.completeExceptionally(over);
            parts.changes.fail(over);
            parts.backlog.end();
        }
    }

    /** Opens the store, however long that takes; returns null if the collector stops before. */
    private @Nullable EventStore open() {
        parts.trouble.opening();
        while (!parts.isStopping()) {
            try {
                EventStore store = opener.get();
                try {
                    follow(store);
                } catch (RuntimeException | Error e) {
                    // A store left open could not be opened again.
                    store.close();
                    throw e;
                }
                opened.complete(store);
                parts.trouble.opening();
                parts.trouble.opened();
                return store;
            } catch (StoreException e) {
                parts.trouble.report(e.getMessage());
                parts.followers.losses().noteWaiting();
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        return null;
    }

    private void follow(EventStore store) {
        parts.followers.losses().opened(store);
        parts.followers.retainer().opened(store);
        SinkFollower sink = parts.followers.sink();
        if (sink != null) {
            sink.opened(store);
        }
        StoredCounts counts = parts.followers.counts();
        if (counts != null) {
            // Metrics must include everything in the store before it can be queried.
            counts.catchUp(store);
        }
    }

    /** Returns whether processing is over; otherwise the store is to be opened again. */
    private boolean workAndClose(EventStore store) {
        try (store) {
            StoreSession.End end = StoreSession.run(store, parts);
            while (end == StoreSession.End.TRANSACTION_FAILED) {
                end = StoreSession.run(store, parts);
            }
            return end == StoreSession.End.STOPPED || parts.isStopping();
        } finally {
            // From here on readers wait for the next store.
            opened = new CompletableFuture<>();
        }
    }
}
