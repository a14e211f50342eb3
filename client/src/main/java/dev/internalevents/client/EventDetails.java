package dev.internalevents.client;

import java.util.Objects;

/**
 * An event as it is tracked, for interceptors and listeners.
 *
 * @param context the request's context with the user, project, namespace and other fields that the call set
 * @param delivery whether a client that sends events sends this one. False if it is only counted: because the call
 *     asked for that ({@link EventBuilder#delivery}) or product usage data is switched off
 */
public record EventDetails(
        String name, String category, AdditionalProperties properties, EventContext context, boolean delivery) {

    public EventDetails {
        Objects.requireNonNull(name, "the event's name is null");
        Objects.requireNonNull(category, "the event's category is null");
        Objects.requireNonNull(properties, "the event's additional properties are null");
    }

    /** Creates an event that is sent. */
    public EventDetails(String name, String category, AdditionalProperties properties, EventContext context) {
        this(name, category, properties, context, true);
    }

    /** Returns the same event with other additional properties. */
    public EventDetails with(AdditionalProperties other) {
        return new EventDetails(name, category, other, context, delivery);
    }

    /** Returns the event with these values, or this one if they are the same objects. */
    @SuppressWarnings("ReferenceEquality")
    EventDetails with(String otherCategory, AdditionalProperties other) {
        return otherCategory == category && other == properties
                ? this
                : new EventDetails(name, otherCategory, other, context, delivery);
    }
}
