package dev.internalevents.collector.processing;

import dev.internalevents.store.EventOutput;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which processed events are kept, gives them their numbers, and notes what follows from it once a transaction is
 * in the store. For the processing thread.
 */
final class Keeping {

    private final SeenEvents seen;
    private final Accounts accounts;
    private final @Nullable EventOutput output;
    private final RawRequests requests;
    private final Pipeline pipeline;
    private final @Nullable StoredCounts counts;
    private final Repeats repeats;
    private final List<StoredEvent> kept = new ArrayList<>();
    private long number;
    private @Nullable CollectorPayload sessionOf;
    private @Nullable String session;
    private byte[] sealedOf = {};
    private byte[] sealed = {};

    /** @param lastNumber of the newest event that was ever stored */
    Keeping(
            SeenEvents seen,
            Accounts accounts,
            @Nullable EventOutput output,
            RawRequests requests,
            Pipeline pipeline,
            @Nullable StoredCounts counts,
            Repeats repeats,
            long lastNumber) {
        this.seen = seen;
        this.accounts = accounts;
        this.output = output;
        this.requests = requests;
        this.pipeline = pipeline;
        this.counts = counts;
        this.repeats = repeats;
        this.number = lastNumber;
    }

    /** A transaction begins; what was noted for one that failed is forgotten. */
    void begin() {
        accounts.begin();
        if (counts != null) {
            counts.begin();
        }
        kept.clear();
    }

    /** Looks up which of these events were seen before. */
    void prepare(List<ProcessedEvent> events) {
        seen.prepare(events);
    }

    /**
     * The event as it is to be stored; null for one that was seen before, if those are dropped.
     *
     * @param content what the store prepared
     * @param origin names its request among all others
     * @param frame its request
     */
    EventSource.@Nullable Entry decide(
            ProcessedEvent event, EventStore.@Nullable Content content, String origin, byte[] frame) {
        Deduplication.Seen before = seen.look(event);
        ProcessedEvent decided = Deduplication.apply(event, before, origin);
        if (decided == null) {
            accounts.duplicate();
            return repeats == Repeats.DROPPED || seen.isForgotten(event)
                    ? null
                    : entry(new StoredEvent(++number, session(event.payload()), event, true), frame, content);
        }
        StoredEvent stored = new StoredEvent(++number, session(decided.payload()), decided);
        // One that was given another id has one more context.
        EventStore.Content prepared = before == Deduplication.Seen.NEVER ? content : null;
        return entry(stored, frame, prepared);
    }

    /** The events of one request follow each other, and share it. */
    @SuppressWarnings("ReferenceEquality") // Another object is at worst looked at once more.
    private @Nullable String session(CollectorPayload payload) {
        if (payload != sessionOf) {
            sessionOf = payload;
            session = payload.session();
        }
        return session;
    }

    private EventSource.Entry entry(StoredEvent stored, byte[] frame, EventStore.@Nullable Content content) {
        byte[] request = stored.isGood() ? null : sealed(frame, stored.event().payload());
        return new EventSource.Entry(stored, request, content);
    }

    /** The same entry for another event in its place. */
    EventSource.Entry instead(EventSource.Entry entry, ProcessedEvent other, byte[] frame) {
        StoredEvent before = entry.event();
        StoredEvent stored = new StoredEvent(before.number(), before.session(), other, before.repeat());
        return new EventSource.Entry(stored, sealed(frame, other.payload()), null);
    }

    /**
     * A request as the store keeps it; the same bytes for all events of one.
     *
     * @param payload the request, or what was kept of it with one of its events
     */
    @SuppressWarnings("ReferenceEquality") // Another array is at worst sealed once more.
    byte[] sealed(byte[] frame, CollectorPayload payload) {
        if (frame != sealedOf) {
            sealedOf = frame;
            sealed = requests.seal(pipeline.anonymous(frame, payload));
        }
        return sealed;
    }

    /** The entry is part of the transaction. */
    void keep(EventSource.Entry entry) {
        if (entry.event().repeat()) {
            // It is in no count, and what comes later is compared with the first of them.
            if (output != null && repeats == Repeats.COUNTED) {
                kept.add(entry.event());
            }
            return;
        }
        seen.add(entry.event());
        accounts.kept(entry.event());
        if (counts != null) {
            counts.add(entry.event());
        }
        if (output != null) {
            kept.add(entry.event());
        }
    }

    /** The transaction is in the store. */
    void committed() {
        seen.committed();
        sessionOf = null;
        accounts.committed();
        if (counts != null) {
            counts.committed();
        }
        if (output != null) {
            kept.forEach(output::event);
            kept.clear();
        }
    }
}
