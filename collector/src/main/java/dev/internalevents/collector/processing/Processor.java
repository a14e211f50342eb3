package dev.internalevents.collector.processing;

import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.ids.IdIndex;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Drains the spool into the store, and makes every change to the store: one thread writes, others process requests for
 * it. While the store is unavailable, requests wait in the spool and are retried. An event that the store rejects is
 * stored as a failed event, and one whose registry does not answer waits separately; neither blocks other events.
 * Thread-safe.
 */
public final class Processor implements AutoCloseable {

    /** How long an event waits for its schema if users are watching for it. */
    public static final Duration SHORT_WAIT = Aside.SHORT_WAIT;

    /** How long an event waits for its schema if no user is watching for it. */
    public static final Duration LONG_WAIT = Aside.MAX_WAIT;

    private static final long CLOSE_MILLIS = 30_000;

    private final ProcessingParts parts;
    private final StoreThread thread;

    /**
     * Settings of a processor.
     *
     * @param requests converts the requests of failed events to the form in which they are stored
     * @param load tells when processing has to slow down for senders
     * @param threads number of threads that process requests
     */
    public record Settings(Rules rules, Followers followers, RawRequests requests, IntakeLoad load, int threads) {}

    /**
     * How events are treated.
     *
     * @param dedupWindow an event that arrives again within this time is a repeat
     * @param repeats what to do with repeats
     * @param lookUps how long an event waits for its schema before it fails; failed ones are retried later
     */
    public record Rules(Duration dedupWindow, Repeats repeats, Duration lookUps) {}

    /**
     * What follows the store.
     *
     * @param retainer removes events beyond the limits of age and size
     * @param losses finds losses through damage
     * @param counts counters of the stored events, or null
     * @param output receives events in addition to the store, or null
     * @param sink writes stored events to a sink, or null
     */
    public record Followers(
            Retainer retainer,
            Losses losses,
            @Nullable StoredCounts counts,
            @Nullable EventOutput output,
            @Nullable SinkFollower sink) {}

    private Processor(ProcessingParts parts, StoreThread thread) {
        this.parts = parts;
        this.thread = thread;
    }

    /**
     * Starts processing. The processing thread opens the store, so that requests can be accepted meanwhile.
     *
     * @param store opens the store; called again every second while it throws
     *     {@link dev.internalevents.store.StoreException}
     */
    public static Processor start(Spool spool, Pipeline pipeline, Supplier<EventStore> store, Settings settings) {
        ProcessingParts parts = new ProcessingParts(spool, pipeline, settings);
        StoreThread thread = new StoreThread(parts, store);
        thread.start();
        return new Processor(parts, thread);
    }

    // For the intake

    /** Records that a request is about to be appended to the spool. */
    public void expect() {
        parts.backlog.expect();
    }

    /** Records that the spool did not accept a request. */
    public void refused() {
        parts.backlog.refused();
    }

    /** Wakes the processing thread after a request was appended to the spool. */
    public void wake() {
        parts.sleep.wakeIfAsleep();
    }

    // For readers

    /** Returns a future of the store, which completes once the store is open. */
    public CompletableFuture<EventStore> store() {
        return thread.store();
    }

    /** Returns a future that completes when every request accepted before the call is in the store. */
    public CompletableFuture<Void> caughtUp() {
        return awaited(parts.backlog.caughtUp());
    }

    /**
     * Returns a future that completes when no look-up for a schema of a waiting event is in flight, which includes the
     * pauses between attempts. Use it after {@link #caughtUp}. It does not complete while one look-up follows another,
     * so wait with a timeout; a future that the caller has completed is removed.
     */
    public CompletableFuture<Void> lookedUp() {
        return awaited(parts.backlog.lookedUp());
    }

    private CompletableFuture<Void> awaited(CompletableFuture<Void> done) {
        if (!done.isDone()) {
            parts.sleep.wake();
        }
        return done;
    }

    /**
     * Runs a change of the store between two transactions, on the processing thread; the future completes with its
     * result.
     */
    public <T> CompletableFuture<T> change(Function<EventStore, T> change) {
        CompletableFuture<T> done = parts.changes.request(change);
        parts.sleep.wake();
        return done;
    }

    /** Adds a listener that is called on the processing thread whenever the store has changed. */
    public void onChange(Runnable listener) {
        parts.changes.add(listener);
    }

    /** Returns the retry of failed events, for use in {@link #change}. */
    public FailedRetry failedRetry() {
        return parts.failedRetry;
    }

    /** Returns how many events have replaced failed ones, for readers that otherwise look only at new numbers. */
    public long replaced() {
        return parts.failedRetry.replaced();
    }

    // For operators

    /** Returns why nothing is being processed; null while there is no problem. */
    public @Nullable String trouble() {
        return parts.trouble.now(backlog());
    }

    /** Returns the number of requests that wait to be processed. */
    public long backlog() {
        return parts.backlog.requests();
    }

    /** Returns the number of requests with events that wait for a schema. */
    public int aside() {
        return parts.backlog.aside();
    }

    /** Returns the counts of the outcomes of events since the start. */
    public OutcomeCounts outcomes() {
        return parts.outcomes;
    }

    /** Returns the losses through damage. */
    public Losses losses() {
        return parts.followers.losses();
    }

    /** Returns the retainer, which counts events removed because of their age or the size of the store. */
    public Retainer retainer() {
        return parts.followers.retainer();
    }

    /** Returns what writes stored events to a sink; null if there is none. */
    public @Nullable SinkFollower sink() {
        return parts.followers.sink();
    }

    /** Returns the size of the index of event ids. */
    public IdIndex.Sizes eventIds() {
        return parts.seen.sizes();
    }

    /** Drains the spool as long as it can be processed, and closes the store. Blocks for up to 30 seconds. */
    @Override
    public void close() {
        parts.stop();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
