package dev.internalevents.client.delivery;

/**
 * An event that was part of a request.
 *
 * @param id its {@code event_id}
 * @param name the name it was tracked with
 */
public record SentEvent(String id, String name) {}
