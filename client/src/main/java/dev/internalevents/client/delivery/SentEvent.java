package dev.internalevents.client.delivery;

import org.jspecify.annotations.Nullable;

/**
 * An event that was part of a request.
 *
 * @param id its {@code event_id}
 * @param name the name it was tracked with
 * @param label its label as it was sent, at most 4,096 characters; null if it has none
 * @param property its property as it was sent, at most 1,000 characters; null if it has none
 */
public record SentEvent(
        String id,
        String name,
        @Nullable String label,
        @Nullable String property) {

    /** Creates an event without label and property. */
    public SentEvent(String id, String name) {
        this(id, name, null, null);
    }
}
