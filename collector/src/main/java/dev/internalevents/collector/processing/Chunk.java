package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.spool.Mark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consecutive requests of the spool, processed together on one thread, in several parts if memory is short. */
final class Chunk {

    private static final Logger LOG = LoggerFactory.getLogger(Chunk.class);

    private final Steps steps;
    private final List<Request> requests = new ArrayList<>();
    private long bytes;
    private int done;
    private volatile boolean abandoned;
    private Future<List<Result>> part;

    /**
     * A request of the spool.
     *
     * @param mark the position after it
     * @param origin its unique name: the origin that its frame has, otherwise its place in the spool
     * @param refusal why it fails as a whole without being processed; null for nearly every request
     */
    record Request(
            byte[] frame,
            Mark mark,
            String origin,
            @Nullable Refusal refusal) {}

    /**
     * Why a request fails as a whole.
     *
     * @param stored how many of its events are in the store already
     */
    record Refusal(int stored, String reason) {}

    /**
     * The result of processing a request.
     *
     * @param memory bytes of {@link WorkMemory} to release once its events are stored
     */
    record Result(Request request, List<Steps.Prepared> events, long memory) {}

    @SuppressWarnings("NullAway.Init") // start() sets it before next() reads it.
    Chunk(Steps steps) {
        this.steps = steps;
    }

    void add(Request request) {
        requests.add(request);
        bytes += PayloadFrame.size(request.frame());
    }

    int size() {
        return requests.size();
    }

    /** Returns the size of the requests in memory before they are processed, in bytes. */
    long bytes() {
        return bytes;
    }

    /** Processes as many of the requests as memory allows. */
    void start() {
        start(false);
    }

    private void start(boolean atLeastOne) {
        part = steps.workers().submit(() -> process(atLeastOne));
    }

    /** Stops processing before the next request. */
    void abandon() {
        abandoned = true;
    }

    /**
     * Returns the results of the next requests, at least one. The calling thread must have released the memory of all
     * earlier results. Blocks until they are processed; rethrows what processing threw.
     */
    List<Result> next() throws InterruptedException {
        List<Result> results = ended();
        if (results.isEmpty()) {
            start(true);
            results = ended();
        }
        done += results.size();
        if (!isDone()) {
            start();
        }
        return results;
    }

    private List<Result> ended() throws InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException inside ? inside : new IllegalStateException(e.getCause());
        }
    }

    boolean isDone() {
        return done == requests.size();
    }

    private List<Result> process(boolean atLeastOne) {
        long begun = System.nanoTime();
        List<Result> processed = new ArrayList<>();
        for (int i = done; i < requests.size() && !abandoned; i++) {
            Result result = process(requests.get(i), atLeastOne && processed.isEmpty());
            if (result == null) {
                break;
            }
            processed.add(result);
        }
        steps.pace().restAfter(System.nanoTime() - begun);
        return processed;
    }

    /** Returns null if there is not enough memory now. */
    private @Nullable Result process(Request request, boolean anyway) {
        CollectorPayload payload;
        try {
            payload = PayloadFrame.decode(request.frame());
        } catch (MalformedPayloadException e) {
            // The spool's checksum is correct, so another version or another program wrote it like this.
            LOG.error("the request at {} of the spool is dropped: {}", request.origin(), e.getMessage());
            return new Result(request, List.of(), 0);
        }
        Refusal refusal = request.refusal();
        if (refusal != null) {
            return new Result(request, refused(request, payload, refusal), 0);
        }
        long estimate = WorkMemory.estimate(payload);
        if (!steps.memory().take(estimate, anyway)) {
            return null;
        }
        long taken = estimate;
        try {
            List<Steps.Prepared> events = run(payload, request.origin(), anyway);
            if (events == null) {
                taken = 0;
                return null;
            }
            taken = Math.min(estimate, WorkMemory.actual(payload, events.size())) + failures(events);
            return new Result(request, events, taken);
        } finally {
            steps.memory().release(estimate - taken);
        }
    }

    /**
     * Returns null if memory ran out, for any reason, and it is not yet the request's turn. If it is its turn and
     * memory runs out again, the request is processed alone, so that only the event that needs the memory fails.
     */
    private @Nullable List<Steps.Prepared> run(CollectorPayload payload, String origin, boolean inTurn) {
        try {
            return steps.memory().beside(() -> steps.run(payload, origin));
        } catch (OutOfMemoryError e) {
            if (!inTurn) {
                return null;
            }
            LOG.warn("the request at {} is processed event by event: memory ran out ({})", origin, e.getMessage());
        }
        return steps.memory().alone(() -> steps.runOneByOne(payload, origin));
    }

    private static long failures(List<Steps.Prepared> events) {
        long bytes = 0;
        for (Steps.Prepared event : events) {
            Outcome outcome = event.outcome();
            if (outcome instanceof FailedEvent failed) {
                bytes += WorkMemory.failures(failed);
            } else if (outcome instanceof WaitingEvent waiting) {
                bytes += WorkMemory.failures(waiting.otherwise());
            }
        }
        return bytes;
    }

    private List<Steps.Prepared> refused(Request request, CollectorPayload payload, Refusal refusal) {
        FailedEvent failed = FailedEvent.unreadable(
                        payload,
                        refusal.stored(),
                        new Failure(Failure.Step.SPLIT, "the request", null, "", refusal.reason()))
                .of(request.origin());
        return Collections.nCopies(refusal.stored() + 1, steps.prepare(failed));
    }
}
