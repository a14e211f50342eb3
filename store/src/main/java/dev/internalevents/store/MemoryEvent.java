package dev.internalevents.store;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.RequestBody;
import java.time.Instant;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An event in memory: a good one without the body of its request, a failed one with its whole request.
 *
 * @param stored the event
 * @param bytes the size of its unshared parts in bytes
 * @param frame the request of a failed event; null for a good one, and once the request has been removed
 */
record MemoryEvent(StoredEvent stored, long bytes, byte @Nullable [] frame) {

    /** Returns the form in which an event stays in memory. */
    static MemoryEvent of(StoredEvent stored, byte @Nullable [] frame) {
        StoredEvent kept = stored.event() instanceof GoodEvent good ? withoutBody(stored, good) : stored;
        return new MemoryEvent(kept, HeapSize.of(kept.event()), kept.isGood() ? null : frame);
    }

    /** Removes the body from a good event: the API never shows it, and thousands of events may share it. */
    private static StoredEvent withoutBody(StoredEvent stored, GoodEvent good) {
        CollectorPayload payload = good.payload();
        if (payload.body() == null && payload.querystring() == null) {
            return stored;
        }
        RawEvent raw = new RawEvent(bare(payload), good.raw().parameters(), good.index());
        return new StoredEvent(
                stored.number(),
                stored.session(),
                new GoodEvent(
                        raw,
                        good.schema(),
                        good.atomic(),
                        good.contexts(),
                        good.unstruct(),
                        good.derivedContexts(),
                        good.key()),
                stored.repeat());
    }

    private static CollectorPayload bare(CollectorPayload whole) {
        return new CollectorPayload(
                whole.api(), null, whole.contentType(), whole.contentEncoding(), null, whole.source(), whole.context());
    }

    /** Returns this failed event without its request. */
    MemoryEvent withoutRequest() {
        FailedEvent failed = (FailedEvent) stored.event();
        CollectorPayload bare = bare(failed.payload());
        RawEvent raw = failed.raw();
        FailedEvent kept = new FailedEvent(
                bare,
                failed.index(),
                raw == null ? null : new RawEvent(bare, raw.parameters(), raw.index()),
                failed.atomic(),
                failed.failures(),
                failed.key());
        return of(new StoredEvent(stored.number(), stored.session(), kept, stored.repeat()), null);
    }

    long number() {
        return stored.number();
    }

    Instant received() {
        return stored.event().payload().context().timestamp();
    }

    /** Returns what recognizes the event when it arrives again; null for an event that was sent without a usable id. */
    @Nullable
    StoredKey key() {
        EventKey key = stored.event().key();
        return key == null ? null : new StoredKey(number(), key, Instant.MAX, stored.isGood());
    }

    /** Returns the parts of its request that the event keeps alive, with their sizes in bytes. */
    IdentityHashMap<Object, Long> shared() {
        IdentityHashMap<Object, Long> parts = new IdentityHashMap<>();
        CollectorPayload payload = stored.event().payload();
        parts.put(payload.context(), HeapSize.of(payload.context()));
        RequestBody body = payload.body();
        if (body != null) {
            parts.put(body, (long) body.size());
        }
        String query = payload.querystring();
        if (query != null) {
            parts.put(query, HeapSize.of((Object) query));
        }
        if (frame != null) {
            parts.put(frame, (long) frame.length);
        }
        return parts;
    }
}
