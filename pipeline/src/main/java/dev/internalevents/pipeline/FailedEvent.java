package dev.internalevents.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event, or a request, that failed; stored in full, so that it can be inspected and retried.
 *
 * @param payload the request as it was received
 * @param index the event's index in its request, from 0
 * @param raw the event; null if none could be read
 * @param atomic the fields that could be read
 * @param failures the reasons, at least one
 * @param key recognizes the event when it arrives again; null if it cannot be recognized
 */
public record FailedEvent(
        CollectorPayload payload,
        int index,
        @Nullable RawEvent raw,
        AtomicValues atomic,
        List<Failure> failures,
        @Nullable EventKey key)
        implements ProcessedEvent {

    public FailedEvent {
        failures = List.copyOf(failures);
        if (failures.isEmpty()) {
            throw new IllegalArgumentException("a failed event needs a reason");
        }
    }

    /** Returns a copy with another request. */
    FailedEvent withPayload(CollectorPayload request) {
        return new FailedEvent(request, index, raw, atomic, failures, key);
    }

    /** Returns a copy with other atomic fields. */
    FailedEvent withAtomic(AtomicValues fields) {
        return new FailedEvent(payload, index, raw, fields, failures, key);
    }

    /**
     * Returns a copy with other reasons.
     *
     * @throws IllegalArgumentException if there is none
     */
    FailedEvent withFailures(List<Failure> reasons) {
        return new FailedEvent(payload, index, raw, atomic, reasons, key);
    }

    /** Returns a copy with another key. */
    FailedEvent withKey(@Nullable EventKey other) {
        return new FailedEvent(payload, index, raw, atomic, failures, other);
    }

    /**
     * Returns this event as the one at its index in a request, with the id that is derived from that position. For an
     * event that could not be read.
     *
     * @param origin identifies the request uniquely
     */
    public FailedEvent of(String origin) {
        EventKey derived = EventKey.of(origin, index);
        return withAtomic(atomic.with("event_id", derived.id().toString())).withKey(derived);
    }

    /** Returns an event that the store rejected, with everything known about it. */
    public static FailedEvent notStored(ProcessedEvent event, String reason) {
        return new FailedEvent(
                event.payload(),
                event.index(),
                event.raw(),
                event.atomic(),
                List.of(Failure.of(Failure.Step.STORE, "the event", "it could not be stored: " + reason)),
                event.key());
    }

    /** Returns an event that the store rejected even as a failed event; only its request is left. */
    public static FailedEvent notStoredAtAll(ProcessedEvent event, String reason) {
        CollectorPayload.Context context = event.payload().context();
        CollectorPayload payload = event.payload();
        CollectorPayload bare = new CollectorPayload(
                payload.api(),
                payload.querystring(),
                null,
                payload.contentEncoding(),
                payload.body(),
                new CollectorPayload.Source(
                        payload.source().name(), payload.source().encoding(), null),
                new CollectorPayload.Context(context.timestamp(), null, null, null, List.of(), null));
        return unreadable(
                bare, event.index(), Failure.of(Failure.Step.STORE, "the event", "it could not be stored: " + reason));
    }

    /**
     * Returns an event that needs more memory than is available, even when it is processed alone.
     *
     * @param payload the request that contains it
     */
    public static FailedEvent tooLarge(CollectorPayload payload, int index) {
        return unreadable(
                payload,
                index,
                Failure.of(
                        Failure.Step.DECODE,
                        "the event",
                        "processing it takes more memory than is available; send smaller events, or give the collector a"
                                + " larger heap (-Xmx)"));
    }

    /** Returns a request of which nothing could be read. */
    public static FailedEvent unreadable(CollectorPayload payload, int index, Failure failure) {
        AtomicValues atomic = new AtomicValues();
        atomic.set("collector_tstamp", payload.context().timestamp());
        return new FailedEvent(payload, index, null, atomic, List.of(failure), null);
    }
}
