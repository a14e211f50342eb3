package dev.internalevents.collector.processing;

import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Spool;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests that wait to be processed, and completes the futures of the callers that wait for them. Any
 * thread may call it, unless noted otherwise.
 */
final class Backlog {

    private final AtomicLong begun;
    private final AtomicLong refused = new AtomicLong();
    private final Queue<Caller> callers = new ConcurrentLinkedQueue<>();
    private final long framesBefore;
    private volatile long finished;
    private volatile int aside;

    /**
     * A caller that waits.
     *
     * @param requests how many requests must have been processed
     * @param lookUps whether additionally no look-up may be in flight
     */
    private record Caller(long requests, boolean lookUps, CompletableFuture<Void> done) {}

    /** Starts with the requests in the spool. To be created before anything reads or appends. */
    Backlog(Spool spool) {
        this.begun = new AtomicLong(spool.held());
        this.framesBefore = spool.reader().mark().frames();
    }

    // For the intake

    /** Records that a request is about to be appended to the spool. */
    void expect() {
        begun.incrementAndGet();
    }

    /** Records that the spool did not accept a request. */
    void refused() {
        refused.incrementAndGet();
    }

    // For readers

    /** Returns the number of requests that wait to be processed. */
    long requests() {
        return Math.max(0, begun.get() - refused.get() - finished);
    }

    /** Returns the number of processed requests with events that wait for a schema. */
    int aside() {
        return aside;
    }

    /** Returns a future that completes when every request accepted before the call is in the store. */
    CompletableFuture<Void> caughtUp() {
        long until = begun.get();
        return passed() >= until ? CompletableFuture.completedFuture(null) : await(until, false);
    }

    /** Returns a future that completes when no look-up for a schema of a waiting event is in flight. */
    CompletableFuture<Void> lookedUp() {
        return aside == 0 ? CompletableFuture.completedFuture(null) : await(0, true);
    }

    private CompletableFuture<Void> await(long requests, boolean lookUps) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        callers.add(new Caller(requests, lookUps, done));
        return done;
    }

    /** Returns whether a caller waits. */
    boolean isAwaited() {
        return !callers.isEmpty();
    }

    private long passed() {
        return finished + refused.get();
    }

    // The processing thread

    /** Records that everything in the spool before a mark is in the store. A mark passed before changes nothing. */
    void reached(@Nullable Mark mark) {
        if (mark != null) {
            finished = Math.max(finished, mark.frames() - framesBefore);
        }
    }

    void aside(int requests) {
        aside = requests;
    }

    /** Completes the futures of callers whose requests are in the store, and removes those that have given up. */
    void release(Aside waiting) {
        if (callers.isEmpty()) {
            return;
        }
        long passed = passed();
        boolean lookedUp = !waiting.isAnyDecidedSoon();
        callers.removeIf(caller -> {
            boolean done = caller.done().isDone() || (caller.requests() <= passed && (lookedUp || !caller.lookUps()));
            if (done) {
                caller.done().complete(null);
            }
            return done;
        });
    }

    /** Completes all futures, because nothing more is processed. */
    void end() {
        callers.forEach(caller -> caller.done().complete(null));
    }
}
