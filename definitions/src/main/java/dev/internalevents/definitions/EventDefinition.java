package dev.internalevents.definitions;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An event, as defined in its file. Lists and maps preserve the file's order and are immutable.
 *
 * @param action the name that code tracks
 */
public record EventDefinition(
        String action,
        String description,
        Kind kind,
        Values values,
        ProductArea area,
        Lifecycle lifecycle,
        Source source)
        implements Definition {

    /**
     * What sort of event it is.
     *
     * @param internal whether it is an internal event; the others are older events that have a category
     * @param category the category of an older event
     * @param classification {@code duo} for events about AI features
     */
    public record Kind(boolean internal, Optional<String> category, Optional<String> classification) {}

    /**
     * What an event carries.
     *
     * @param identifiers the identifiers of the event
     * @param additionalProperties all additional properties with their descriptions; {@code label} and {@code property}
     *     are strings, {@code value} is a number, any other is either
     * @param extraTrackers for each further tracker, by class name, the protected properties that only this tracker
     *     receives, with their descriptions
     */
    public record Values(
            Set<Identifier> identifiers,
            Map<String, String> additionalProperties,
            Map<String, Map<String, String>> extraTrackers) {

        public Values {
            identifiers = Copies.of(identifiers);
            additionalProperties = Copies.of(additionalProperties);
            Map<String, Map<String, String>> trackers = new LinkedHashMap<>();
            extraTrackers.forEach((tracker, properties) -> trackers.put(tracker, Copies.of(properties)));
            extraTrackers = Collections.unmodifiableMap(trackers);
        }
    }

    /** Returns whether it is an internal event; the others are older events that have a category. */
    public boolean internal() {
        return kind.internal();
    }

    /** Returns the category of an older event. */
    public Optional<String> category() {
        return kind.category();
    }

    /** Returns {@code duo} for events about AI features. */
    public Optional<String> classification() {
        return kind.classification();
    }

    public Set<Identifier> identifiers() {
        return values.identifiers();
    }

    /** Returns all additional properties with their descriptions. */
    public Map<String, String> additionalProperties() {
        return values.additionalProperties();
    }

    /** Returns the protected properties of each further tracker, by class name, with their descriptions. */
    public Map<String, Map<String, String>> extraTrackers() {
        return values.extraTrackers();
    }

    /** Returns whether the event should no longer be tracked. */
    public boolean removed() {
        return status() == Status.REMOVED;
    }
}
