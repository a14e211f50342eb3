package dev.internalevents.client;

import java.util.Objects;

/**
 * An event as it is tracked, for those who check or count it.
 *
 * @param context with what the call said about user, project, namespace and plan
 */
public record EventDetails(String name, String category, AdditionalProperties properties, EventContext context) {

    public EventDetails {
        Objects.requireNonNull(name, "the event's name is null");
        Objects.requireNonNull(category, "the event's category is null");
        Objects.requireNonNull(properties, "the event's additional properties are null");
    }

    /** The same event with other additional properties. */
    public EventDetails with(AdditionalProperties other) {
        return new EventDetails(name, category, other, context);
    }

    /** This event if both are its own already. */
    @SuppressWarnings("ReferenceEquality")
    EventDetails with(String otherCategory, AdditionalProperties other) {
        return otherCategory == category && other == properties
                ? this
                : new EventDetails(name, otherCategory, other, context);
    }
}
