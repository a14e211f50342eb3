package dev.internalevents.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event, or a request, with something wrong; kept whole, so that it can be looked at and tried again.
 *
 * @param payload the request as it was received
 * @param index which of the request's events it is, from 0
 * @param raw the event; null where none could be read
 * @param atomic the fields that could be read
 * @param failures what is wrong, at least one
 * @param key what tells a second arrival of it; null for an event that was sent without an id
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

    /** An event that the store refused, with all that is known of it. */
    public static FailedEvent notStored(ProcessedEvent event, String reason) {
        return new FailedEvent(
                event.payload(),
                event.index(),
                event.raw(),
                event.atomic(),
                List.of(Failure.of(Failure.Step.STORE, "the event", "it could not be stored: " + reason)),
                event.key());
    }

    /** An event that the store refused even as a failed one: what stays is its request. */
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
     * An event that takes more memory than there is, even if nothing else is processed.
     *
     * @param payload the request that has it
     */
    public static FailedEvent tooLarge(CollectorPayload payload, int index) {
        return unreadable(
                payload,
                index,
                Failure.of(
                        Failure.Step.DECODE,
                        "the event",
                        "processing it takes more memory than there is; send smaller events, or give the collector a"
                                + " larger heap (-Xmx)"));
    }

    /** A request of which nothing could be read. */
    public static FailedEvent unreadable(CollectorPayload payload, int index, Failure failure) {
        AtomicValues atomic = new AtomicValues();
        atomic.set("collector_tstamp", payload.context().timestamp());
        return new FailedEvent(payload, index, null, atomic, List.of(failure), null);
    }
}
