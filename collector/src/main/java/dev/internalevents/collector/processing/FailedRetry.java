package dev.internalevents.collector.processing;

import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoredEvent;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes failed events again, from the requests as received. Changes the store, so it must be called by the
 * processing thread.
 */
public final class FailedRetry {

    private static final Logger LOG = LoggerFactory.getLogger(FailedRetry.class);

    private final Pipeline pipeline;
    private final RawRequests requests;
    private final @Nullable StoredCounts counts;
    private final SeenEvents seen;
    private final @Nullable SinkFollower sink;
    private final AtomicLong replaced = new AtomicLong();

    /**
     * @param seen learns of each event that replaced a failed one
     * @param sink gets each event that became good; null for none
     */
    FailedRetry(
            Pipeline pipeline,
            RawRequests requests,
            @Nullable StoredCounts counts,
            SeenEvents seen,
            @Nullable SinkFollower sink) {
        this.seen = seen;
        this.sink = sink;
        this.pipeline = pipeline;
        this.requests = requests;
        this.counts = counts;
    }

    /** The result of a retry. */
    public enum Result {
        GOOD,
        FAILED_AGAIN,
        /** Its request is no longer stored, or cannot be opened. */
        WITHOUT_REQUEST
    }

    /**
     * Processes a failed event again. It is not a duplicate of itself, because failed events are compared only with
     * failed ones.
     */
    public Result retry(EventStore store, long number) {
        Optional<StoredEvent> failed = store.withNumber(number);
        byte[] frame = store.frame(number).map(requests::open).orElse(null);
        if (failed.isEmpty() || failed.get().isGood() || frame == null) {
            return Result.WITHOUT_REQUEST;
        }
        int index = failed.get().event().index();
        List<Outcome> outcome;
        try {
            outcome = pipeline.process(PayloadFrame.decode(frame), origin(frame, number), at -> at == index);
        } catch (OutOfMemoryError e) {
            LOG.warn("the failed event {} is left as it is: memory ran out when it was retried", number);
            return Result.FAILED_AGAIN;
        }
        // An event whose schema is still not known stays unchanged.
        if (outcome.isEmpty() || !(outcome.get(0) instanceof ProcessedEvent again) || isAsBefore(again, failed.get())) {
            return Result.FAILED_AGAIN;
        }
        ProcessedEvent now = underTheSameId(again, failed.get());
        StoredEvent before = failed.get();
        boolean repeat = before.repeat() || isThereAsGood(store, now, number);
        StoredEvent after = new StoredEvent(number, before.session(), now, repeat);
        if (!replace(store, after)) {
            return Result.FAILED_AGAIN;
        }
        seen.replaced(after);
        replaced.incrementAndGet();
        if (now instanceof GoodEvent good) {
            if (counts != null && !repeat) {
                counts.retried(good);
            }
            return Result.GOOD;
        }
        return Result.FAILED_AGAIN;
    }

    /** Returns whether the event was replaced; it is not if the sink could miss that it is good now. */
    private boolean replace(EventStore store, StoredEvent after) {
        if (sink == null || !after.isGood() || after.repeat()) {
            store.replace(after);
            return true;
        }
        if (!sink.retrying(after.number())) {
            return false;
        }
        try {
            store.replace(after);
            return true;
        } finally {
            sink.retried(after.number());
        }
    }

    /** Returns how many events have replaced failed ones. Any thread may call it. */
    long replaced() {
        return replaced.get();
    }

    /** Returns whether the same event was sent again after the failure and is stored as a good event. */
    private static boolean isThereAsGood(EventStore store, ProcessedEvent now, long number) {
        EventKey key = now.key();
        return now instanceof GoodEvent
                && key != null
                && store.known(List.of(key.id())).stream()
                        .anyMatch(known -> known.isGood()
                                && known.number() != number
                                && known.key().equals(key));
    }

    /** Requests that earlier versions stored have no origin. */
    private static String origin(byte[] frame, long number) {
        String origin = PayloadFrame.origin(frame);
        return origin == null ? "retried/" + number : origin;
    }

    /**
     * Keeps the id of the failed event if it differs from the sent id, which another event already had, or if no id was
     * sent.
     */
    private static ProcessedEvent underTheSameId(ProcessedEvent again, StoredEvent before) {
        EventKey key = again.key();
        EventKey first = before.event().key();
        String id = before.event().atomic().text("event_id");
        if (key == null || id == null || id.equals(key.id().toString())) {
            return again;
        } else if (key.isDerived()) {
            return Deduplication.withDerivedId(again, UUID.fromString(id));
        }
        // An event that could not be read had an id from its position, and has the sent one now.
        return first != null && first.isDerived() ? again : Deduplication.renamed(again, key, id);
    }

    private static boolean isAsBefore(ProcessedEvent now, StoredEvent before) {
        return now instanceof FailedEvent failed
                && before.event() instanceof FailedEvent then
                && failed.failures().stream()
                        .map(Failure::sentence)
                        .toList()
                        .equals(then.failures().stream().map(Failure::sentence).toList());
    }
}
