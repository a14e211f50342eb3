package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.Progress;
import dev.internalevents.store.WaitingRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supplies the events of the spool, transaction by transaction. Several threads process requests ahead; their events are supplied in order,
 * without dropped repeats and without events that wait for a schema. Used by one thread at a time.
 */
final class SpoolSource implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolSource.class);
    private static final int MAX_CHUNK_REQUESTS = 64;
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int MAX_CHUNKS_AHEAD = 10;

    private final Spool spool;
    private final Steps steps;
    private final Keeping keeping;
    private final Aside aside;
    private final Accounts accounts;
    private final long maxBytesAhead = Math.min(32 << 20, Runtime.getRuntime().maxMemory() / 16);
    private final Deque<Chunk> ahead = new ArrayDeque<>();
    private long bytesAhead;
    private Chunk.@Nullable Refusal refusal;

    private Progress progress;
    private List<Chunk.Result> results = List.of();
    private int result;
    private int event;
    private @Nullable Entry next;
    private @Nullable Mark finished;
    private long finishedRequests;
    private Limits limits = new Limits(0, 0, 0, Isolation.Measure.NONE, "");
    private Isolation.Measure measure = Isolation.Measure.NONE;
    private int given;
    private int leftOut;
    private int putAside;
    private long givenBytes;
    private byte @Nullable [] lastFrame;
    private long working;

    /**
     * The limits of one transaction.
     *
     * @param events maximum number of events
     * @param bytes approximate maximum size of their rows and requests; the last event may exceed it
     * @param until time of {@link System#nanoTime} after which no more results are added
     * @param measure how to store its first event
     * @param reason the reason for the measure
     */
    record Limits(long events, long bytes, long until, Isolation.Measure measure, String reason) {}

    /** @param progress the progress of the store */
    SpoolSource(Spool spool, Steps steps, Keeping keeping, Aside aside, Accounts accounts, Progress progress) {
        this.spool = spool;
        this.steps = steps;
        this.keeping = keeping;
        this.aside = aside;
        this.accounts = accounts;
        this.progress = progress;
    }

    /** Makes the next request fail as a whole without being processed. Must be called before anything is read. */
    void refuseNext(String reason) {
        refusal = new Chunk.Refusal(progress.events(), reason);
    }

    /** Returns whether an event has been decided on that is not yet part of a transaction. */
    boolean hasDecided() {
        return next != null;
    }

    /** Looks up the seen events again, after other events were stored meanwhile. */
    void prepareAgain() {
        if (result < results.size()) {
            keeping.prepare(processed());
        }
    }

    /** Returns whether there is anything to process, or to record as processed. */
    boolean hasWork() {
        readAhead();
        return next != null || result < results.size() || !ahead.isEmpty();
    }

    /** Starts a transaction. */
    void begin(Limits within) {
        limits = within;
        measure = within.measure();
        leftOut = 0;
        putAside = 0;
        given = 0;
        givenBytes = 0;
        working = System.nanoTime();
        finishedRequests = 0;
        keeping.begin();
        aside.begin();
    }

    /** Returns the number of events in the transaction so far. */
    int given() {
        return given;
    }

    /** Returns the number of events in the transaction, including those dropped for good. */
    int dealtWith() {
        return given + leftOut;
    }

    /** Returns the number of requests that the transaction has finished. */
    long finishedRequests() {
        return finishedRequests;
    }

    /** Records that the transaction is in the store, and commits it in the spool. */
    void committed() {
        keeping.committed();
        aside.committed();
        if (finished != null) {
            spool.reader().commit(finished);
        }
    }

    /** Stops processing ahead; nothing more is read from this source. */
    void abandon() {
        ahead.forEach(Chunk::abandon);
    }

    @Override
    public @Nullable Entry peek() {
        while (next == null) {
            if (result < results.size() && event < results.get(result).events().size()) {
                if (isFull()) {
                    return null;
                }
                next = decide(results.get(result));
            } else if (result < results.size()) {
                finishRequest();
            } else if (isOver() || !nextResults()) {
                return null;
            }
        }
        return isFull() ? null : next;
    }

    @Override
    public void advance() {
        Entry entry = next;
        if (entry == null) {
            throw new IllegalStateException("there is no event; call peek first");
        }
        next = null;
        given++;
        givenBytes += results.get(result).events().get(event).weight() + frameBytes(entry.frame());
        event++;
        keeping.keep(entry);
        passed();
    }

    /** Returns the size of a frame, counted once for the events of a request, which share it. */
    @SuppressWarnings("ReferenceEquality")
    private long frameBytes(byte @Nullable [] frame) {
        if (frame == null || frame == lastFrame) {
            return 0;
        }
        lastFrame = frame;
        return frame.length;
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public List<WaitingRequest> aside() {
        return aside.added();
    }

    @Override
    public List<String> settled() {
        return aside.settled();
    }

    private boolean isFull() {
        return given >= limits.events() || (given + putAside > 0 && givenBytes >= limits.bytes());
    }

    private boolean isOver() {
        return isFull() || (given + putAside > 0 && System.nanoTime() - limits.until() > 0);
    }

    private @Nullable Entry decide(Chunk.Result of) {
        Steps.Prepared prepared = of.events().get(event);
        Chunk.Request request = of.request();
        if (prepared.outcome() instanceof WaitingEvent waiting) {
            prepared = put(waiting, request);
        }
        Entry entry = prepared == null
                ? null
                : keeping.decide(
                        (ProcessedEvent) prepared.outcome(), prepared.content(), request.origin(), request.frame());
        if (entry != null && measure != Isolation.Measure.NONE) {
            entry = measured(entry, request);
            measure = Isolation.Measure.NONE;
        }
        if (entry == null) {
            event++;
            passed();
        }
        return entry;
    }

    /** Makes an event wait and returns null; if too many wait, returns it as an event whose schema was not found. */
    private Steps.@Nullable Prepared put(WaitingEvent waiting, Chunk.Request request) {
        byte[] frame = keeping.sealed(request.frame(), waiting.otherwise().payload());
        if (aside.put(request.origin(), waiting, frame)) {
            putAside++;
            // In memory until the transaction ends, and a second time while it is written.
            givenBytes += 2 * frameBytes(frame);
            return null;
        }
        return steps.prepare(aside.tooMany(waiting));
    }

    private @Nullable Entry measured(Entry entry, Chunk.Request request) {
        ProcessedEvent processed = entry.event().event();
        LOG.warn(
                "event {} of the request at {} is stored as a failed event: the store refuses it ({})",
                processed.index(),
                request.origin(),
                limits.reason());
        switch (measure) {
            case AS_FAILED -> {
                return keeping.instead(entry, FailedEvent.notStored(processed, limits.reason()), request.frame());
            }
            case AS_REQUEST -> {
                return keeping.instead(entry, FailedEvent.notStoredAtAll(processed, limits.reason()), request.frame());
            }
            default -> {
                LOG.error(
                        "event {} of the request at {} is left out: the store refuses its request too ({})",
                        processed.index(),
                        request.origin(),
                        limits.reason());
                accounts.leftOut();
                leftOut++;
                return null;
            }
        }
    }

    /** Advances the progress by one event of a request. */
    private void passed() {
        progress = new Progress(progress.spool(), progress.segment(), progress.offset(), event);
    }

    private void finishRequest() {
        Mark mark = results.get(result).request().mark();
        progress = new Progress(spool.id(), mark.segment(), mark.offset(), 0);
        finished = mark;
        finishedRequests++;
        result++;
        event = 0;
    }

    private boolean nextResults() {
        long now = System.nanoTime();
        steps.pace().restAfter(now - working);
        working = System.nanoTime();
        results.forEach(one -> steps.memory().release(one.memory()));
        results = List.of();
        result = 0;
        readAhead();
        Chunk chunk = ahead.peek();
        if (chunk == null) {
            return false;
        }
        try {
            results = chunk.next();
            if (chunk.isDone()) {
                ahead.remove();
                bytesAhead -= chunk.bytes();
            }
            event = progress.events();
            keeping.prepare(processed());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<ProcessedEvent> processed() {
        List<ProcessedEvent> events = new ArrayList<>();
        for (Chunk.Result one : results) {
            for (Steps.Prepared prepared : one.events()) {
                if (prepared.outcome() instanceof ProcessedEvent event) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private void readAhead() {
        while (ahead.size() < MAX_CHUNKS_AHEAD && bytesAhead < maxBytesAhead) {
            Chunk chunk = new Chunk(steps);
            while (chunk.size() < MAX_CHUNK_REQUESTS && chunk.bytes() < MAX_CHUNK_BYTES) {
                byte[] frame = spool.reader().next();
                if (frame == null) {
                    break;
                }
                Mark mark = spool.reader().mark();
                if (mark.isAfter(progress.segment(), progress.offset())) {
                    String origin = spool.id() + "/" + mark.segment() + "/" + mark.offset();
                    chunk.add(new Chunk.Request(frame, mark, origin, refusal));
                    refusal = null;
                } else {
                    // It was stored, but not yet committed in the spool.
                    finished = mark;
                    accounts.skipped();
                }
            }
            if (chunk.size() == 0) {
                return;
            }
            chunk.start();
            bytesAhead += chunk.bytes();
            ahead.add(chunk);
        }
    }
}
