package dev.internalevents.client;

import java.util.Objects;

/**
 * An event as it is tracked, for those who check or count it.
 *
 * @param context with what the call said about user, project, namespace and other fields
 * @param delivery whether the event is sent by a client that sends events at all. False if it is only counted: because the
 *     call said so ({@link EventBuilder#delivery}) or product usage data is switched off
 */
public record EventDetails(
        String name, String category, AdditionalProperties properties, EventContext context, boolean delivery) {

    public EventDetails {
        Objects.requireNonNull(name, "the event's name is null");
        Objects.requireNonNull(category, "the event's category is null");
        Objects.requireNonNull(properties, "the event's additional properties are null");
    }

    /** An event that is sent. */
    public EventDetails(String name, String category, AdditionalProperties properties, EventContext context) {
        this(name, category, properties, context, true);
    }

    /** The same event with other additional properties. */
    public EventDetails with(AdditionalProperties other) {
        return new EventDetails(name, category, other, context, delivery);
    }

    /** This event if both are its own already. */
    @SuppressWarnings("ReferenceEquality")
    EventDetails with(String otherCategory, AdditionalProperties other) {
        return otherCategory == category && other == properties
                ? this
                : new EventDetails(name, otherCategory, other, context, delivery);
    }
}
