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

    /** A request of which nothing could be read. */
    static FailedEvent unreadable(CollectorPayload payload, int index, Failure failure) {
        AtomicValues atomic = new AtomicValues();
        atomic.set("collector_tstamp", payload.context().timestamp());
        return new FailedEvent(payload, index, null, atomic, List.of(failure), null);
    }
}
