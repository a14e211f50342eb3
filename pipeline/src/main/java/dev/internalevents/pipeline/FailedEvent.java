package dev.internalevents.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event, or a request, with something wrong; kept whole, so that it can be looked at and tried again.
 *
 * @param payload the request as it was received
 * @param raw the event; null where none could be read
 * @param failures what is wrong, at least one
 */
public record FailedEvent(
        CollectorPayload payload, @Nullable RawEvent raw, List<Failure> failures) implements ProcessedEvent {

    public FailedEvent {
        failures = List.copyOf(failures);
        if (failures.isEmpty()) {
            throw new IllegalArgumentException("a failed event needs a reason");
        }
    }
}
