package dev.internalevents.collector.processing;

import dev.internalevents.collector.sink.HandOver;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which processed events are stored, assigns their numbers, and updates counters, known ids and output once a
 * transaction is in the store. Used by the processing thread.
 */
final class Keeping {

    /** The size of an event that the store did not prepare. */
    private static final long UNPREPARED_BYTES = 2_000;

    private final SeenEvents seen;
    private final OutcomeCounts outcomes;
    private final Pipeline pipeline;
    private final RawRequests requests;
    private final Repeats repeats;
    private final @Nullable EventOutput output;
    private final @Nullable StoredCounts counts;
    private final @Nullable HandOver sink;
    private final List<StoredEvent> kept = new ArrayList<>();
    private long number;

    /** The last number in the store, and in the current transaction. */
    private long stored;

    private long added;
    private @Nullable CollectorPayload sessionOf;
    private @Nullable String session;
    private byte[] sealedOf = {};
    private byte[] sealed = {};

    /** @param lastNumber the greatest event number assigned so far */
    Keeping(SeenEvents seen, OutcomeCounts outcomes, Pipeline pipeline, Processor.Settings settings, long lastNumber) {
        this.seen = seen;
        this.outcomes = outcomes;
        this.pipeline = pipeline;
        this.requests = settings.requests();
        this.repeats = settings.rules().repeats();
        this.output = settings.followers().output();
        this.counts = settings.followers().counts();
        SinkFollower follower = settings.followers().sink();
        this.sink = follower == null ? null : follower.input();
        this.number = lastNumber;
        this.stored = lastNumber;
    }

    /** Starts a transaction, discarding what a failed one recorded. */
    void begin() {
        outcomes.begin();
        if (counts != null) {
            counts.begin();
        }
        kept.clear();
        added = stored;
        if (sink != null) {
            sink.begin(stored);
        }
    }

    /** Discards the current transaction, if it has not been committed. */
    void abandon() {
        if (sink != null) {
            sink.fail();
        }
    }

    /** Looks up which of these events have been seen before. */
    void prepare(List<ProcessedEvent> events) {
        seen.prepare(events);
    }

    /**
     * Returns the entry to store for an event; null if it was seen before and must not be stored again.
     *
     * @param content the content that the store prepared
     * @param origin the unique name of its request
     * @param frame its request
     */
    EventSource.@Nullable Entry decide(
            ProcessedEvent event, EventStore.@Nullable Content content, String origin, byte[] frame) {
        Deduplication.Seen before = seen.look(event);
        ProcessedEvent decided = Deduplication.apply(event, before, origin);
        if (decided == null) {
            outcomes.duplicate();
            return repeats == Repeats.DROPPED || seen.isForgotten(event)
                    ? null
                    : entry(new StoredEvent(++number, session(event.payload()), event, true), origin, frame, content);
        }
        StoredEvent stored = new StoredEvent(++number, session(decided.payload()), decided);
        // The prepared content is outdated if the event was given another id, which adds a context.
        EventStore.Content prepared = before == Deduplication.Seen.NEVER ? content : null;
        return entry(stored, origin, frame, prepared);
    }

    /** Returns the session, looked up once per request: events of a request are consecutive and share the payload. */
    @SuppressWarnings("ReferenceEquality") // An equal but different object only costs another look-up.
    private @Nullable String session(CollectorPayload payload) {
        if (payload != sessionOf) {
            sessionOf = payload;
            session = payload.session();
        }
        return session;
    }

    private EventSource.Entry entry(
            StoredEvent stored, String origin, byte[] frame, EventStore.@Nullable Content content) {
        byte[] request =
                stored.isGood() ? null : sealed(origin, frame, stored.event().payload());
        return new EventSource.Entry(stored, request, content);
    }

    /** Returns an entry like another one, with a different event. */
    EventSource.Entry instead(EventSource.Entry entry, ProcessedEvent other, String origin, byte[] frame) {
        StoredEvent before = entry.event();
        StoredEvent stored = new StoredEvent(before.number(), before.session(), other, before.repeat());
        return new EventSource.Entry(stored, sealed(origin, frame, other.payload()), null);
    }

    /**
     * Returns a request in the form to store, with its origin; the same array for all events of a request.
     *
     * @param origin the unique name of the request
     * @param payload the request, or the part of it that one of its events contains
     */
    @SuppressWarnings("ReferenceEquality") // An equal but different array only costs another sealing.
    byte[] sealed(String origin, byte[] frame, CollectorPayload payload) {
        if (frame != sealedOf) {
            sealedOf = frame;
            sealed = requests.seal(PayloadFrame.withOrigin(pipeline.anonymous(frame, payload), origin));
        }
        return sealed;
    }

    /** Records that the entry is part of the transaction. */
    void keep(EventSource.Entry entry) {
        if (entry.event().repeat()) {
            // Repeats are not counted, and later events are compared with the first one.
            if (output != null && repeats == Repeats.COUNTED) {
                kept.add(entry.event());
            }
            return;
        }
        added = entry.event().number();
        seen.add(entry.event());
        outcomes.kept(entry.event());
        if (counts != null) {
            counts.add(entry.event());
        }
        if (output != null) {
            kept.add(entry.event());
        }
        if (sink != null) {
            EventStore.Content content = entry.prepared();
            sink.add(entry.event(), content == null ? UNPREPARED_BYTES : content.weight());
        }
    }

    /** Records that the transaction is in the store. */
    void committed() {
        seen.committed();
        sessionOf = null;
        outcomes.committed();
        if (counts != null) {
            counts.committed();
        }
        if (output != null) {
            kept.forEach(output::event);
        }
        if (sink != null) {
            sink.commit();
        }
        stored = added;
        kept.clear();
    }
}
