package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.spool.Mark;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.Progress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supplies the events of the spool, transaction by transaction: in order, without dropped repeats and without events
 * that wait for a schema. {@link ReadAhead} has the requests processed, {@link Transaction} limits how many of their
 * events are supplied. Used by one thread at a time.
 */
final class SpoolSource implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolSource.class);

    private final ReadAhead ahead;
    private final Steps steps;
    private final Keeping keeping;
    private final Aside aside;
    private final OutcomeCounts outcomes;
    private final Transaction transaction = new Transaction();
    private List<Chunk.Result> results = List.of();
    private int result;
    private int event;
    private @Nullable Entry next;
    private Progress progress;
    private @Nullable Mark finished;
    private long working;

    /** @param progress the progress of the store */
    SpoolSource(ReadAhead ahead, Steps steps, Keeping keeping, Aside aside, OutcomeCounts outcomes, Progress progress) {
        this.ahead = ahead;
        this.steps = steps;
        this.keeping = keeping;
        this.aside = aside;
        this.outcomes = outcomes;
        this.progress = progress;
    }

    /** Returns whether there is anything to process, or to record as processed. */
    boolean hasWork() {
        boolean more = ahead.hasMore();
        return more || next != null || result < results.size();
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

    /** Starts a transaction. */
    void begin(Transaction.Limits limits) {
        transaction.begin(limits);
        working = System.nanoTime();
        keeping.begin();
        aside.begin();
    }

    /** Returns what the transaction contains. */
    Transaction transaction() {
        return transaction;
    }

    /** Records that the transaction is in the store. */
    void committed() {
        keeping.committed();
        aside.committed();
    }

    /**
     * Returns the position in the spool before which everything is in the store or in the transaction; null if it is
     * unchanged.
     */
    @Nullable
    Mark finished() {
        return finished == null ? ahead.skipped() : finished;
    }

    /** Stops processing ahead; nothing more is read from this source. */
    void abandon() {
        ahead.abandon();
    }

    @Override
    public @Nullable Entry peek() {
        while (next == null) {
            if (result < results.size() && event < results.get(result).events().size()) {
                if (transaction.isFull()) {
                    return null;
                }
                next = decide(results.get(result));
            } else if (result < results.size()) {
                finishRequest();
            } else if (transaction.isOver() || !nextResults()) {
                return null;
            }
        }
        return transaction.isFull() ? null : next;
    }

    @Override
    public void advance() {
        Entry entry = next;
        if (entry == null) {
            throw new IllegalStateException("there is no event; call peek first");
        }
        next = null;
        transaction.add(results.get(result).events().get(event).weight(), entry.frame());
        event++;
        keeping.keep(entry);
        passed();
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public WaitingChanges waitingChanges() {
        return aside.changes();
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
        if (entry != null) {
            entry = measured(entry, request, transaction.takeMeasure());
        }
        if (entry == null) {
            event++;
            passed();
        }
        return entry;
    }

    /**
     * Makes an event wait and returns null; if too many wait, returns it as an event whose schema was not found. An
     * event that waits already, because its request was handed on twice, is a duplicate.
     */
    private Steps.@Nullable Prepared put(WaitingEvent waiting, Chunk.Request request) {
        byte[] frame = keeping.sealed(
                request.origin(), request.frame(), waiting.otherwise().payload());
        return switch (aside.put(request.origin(), waiting, frame)) {
            case WAITS -> {
                transaction.addAside(frame);
                yield null;
            }
            case WAITED_ALREADY -> {
                outcomes.duplicate();
                yield null;
            }
            case LIMIT_REACHED -> steps.prepare(aside.tooMany(waiting));
        };
    }

    private @Nullable Entry measured(Entry entry, Chunk.Request request, Isolation.Measure measure) {
        if (measure == Isolation.Measure.NONE) {
            return entry;
        }
        ProcessedEvent processed = entry.event().event();
        String reason = transaction.reason();
        LOG.warn(
                "event {} of the request at {} is stored as a failed event: the store refuses it ({})",
                processed.index(),
                request.origin(),
                reason);
        switch (measure) {
            case AS_FAILED -> {
                return keeping.instead(
                        entry, FailedEvent.notStored(processed, reason), request.origin(), request.frame());
            }
            case AS_REQUEST -> {
                return keeping.instead(
                        entry, FailedEvent.notStoredAtAll(processed, reason), request.origin(), request.frame());
            }
            default -> {
                LOG.error(
                        "event {} of the request at {} is left out: the store refuses its request too ({})",
                        processed.index(),
                        request.origin(),
                        reason);
                outcomes.leftOut();
                transaction.leaveOut();
                return null;
            }
        }
    }

    /** Advances the progress by one event of a request. */
    private void passed() {
        progress = new Progress(progress.place(), event);
    }

    private void finishRequest() {
        Mark mark = results.get(result).request().mark();
        progress = new Progress(mark.place(), 0);
        finished = mark;
        result++;
        event = 0;
    }

    private boolean nextResults() {
        steps.pace().restAfter(System.nanoTime() - working);
        working = System.nanoTime();
        results.forEach(one -> steps.memory().release(one.memory()));
        results = List.of();
        result = 0;
        try {
            results = ahead.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        if (results.isEmpty()) {
            return false;
        }
        event = progress.events();
        keeping.prepare(processed());
        return true;
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
}
