package dev.internalevents.collector.processing;

import dev.internalevents.collector.store.EventStore;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.spool.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Some requests that follow each other in the spool, processed together on one thread. */
final class Chunk {

    private static final Logger LOG = LoggerFactory.getLogger(Chunk.class);

    private final UUID spool;
    private final Pipeline pipeline;
    private final EventStore store;
    private final Processor.Pace pace;
    private final List<Request> requests = new ArrayList<>();
    private long bytes;
    private Future<List<Result>> results;

    /** A request, and the place behind it. */
    private record Request(byte[] frame, Mark mark) {}

    /**
     * What became of a request.
     *
     * @param frame the request as it was received
     * @param mark the place behind it
     * @param origin its name among all requests
     * @param events of the request
     */
    record Result(byte[] frame, Mark mark, String origin, List<Prepared> events) {}

    /**
     * A processed event.
     *
     * @param content what the store has made of it in advance
     */
    record Prepared(ProcessedEvent event, @Nullable Object content) {}

    @SuppressWarnings("NullAway.Init") // Nobody asks for results before they are asked for.
    Chunk(UUID spool, Pipeline pipeline, EventStore store, Processor.Pace pace) {
        this.spool = spool;
        this.pipeline = pipeline;
        this.store = store;
        this.pace = pace;
    }

    void add(byte[] frame, Mark mark) {
        requests.add(new Request(frame, mark));
        bytes += PayloadFrame.size(frame);
    }

    int size() {
        return requests.size();
    }

    /** In memory, once they are processed. */
    long bytes() {
        return bytes;
    }

    void start(ExecutorService workers) {
        results = workers.submit(this::process);
    }

    /** Blocks until the chunk is processed; throws what processing threw. */
    List<Result> results() throws InterruptedException {
        try {
            return results.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException inside ? inside : new IllegalStateException(e.getCause());
        }
    }

    private List<Result> process() {
        long begun = System.nanoTime();
        List<Result> processed = new ArrayList<>(requests.size());
        for (Request request : requests) {
            String origin = spool + "/" + request.mark().segment() + "/"
                    + request.mark().offset();
            processed.add(new Result(request.frame(), request.mark(), origin, events(request.frame(), origin)));
        }
        pace.restAfter(System.nanoTime() - begun);
        return processed;
    }

    private List<Prepared> events(byte[] frame, String origin) {
        CollectorPayload payload;
        try {
            payload = PayloadFrame.decode(frame);
        } catch (MalformedPayloadException e) {
            // The spool's checksums say that it was written like this: by another version, or by somebody else.
            LOG.error("the request at {} of the spool is left out: {}", origin, e.getMessage());
            return List.of();
        }
        List<Prepared> prepared = new ArrayList<>();
        for (ProcessedEvent event : pipeline.process(payload, origin)) {
            prepared.add(new Prepared(event, store.prepare(event)));
        }
        return prepared;
    }
}
