package dev.internalevents.definitions;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An event, as defined in its file. Lists and maps preserve the file's order and are immutable.
 *
 * @param action the name that code tracks
 * @param internal whether it is an internal event; the others are older events that have a category
 * @param category the category of an older event
 * @param identifiers the identifiers that the event carries
 * @param additionalProperties all additional properties with their descriptions; {@code label} and {@code property} are
 *     strings, {@code value} is a number, any other is either
 * @param productGroup the owner
 * @param classification {@code duo} for events about AI features
 * @param extraTrackers for each further tracker, by class name, the protected properties that only this tracker
 *     receives, with their descriptions
 * @param source where it was read
 */
public record EventDefinition(
        String action,
        String description,
        boolean internal,
        Optional<String> category,
        Set<Identifier> identifiers,
        Map<String, String> additionalProperties,
        Optional<String> productGroup,
        List<String> productCategories,
        Optional<String> milestone,
        Optional<String> milestoneRemoved,
        Optional<String> introducedByUrl,
        Optional<String> removedByUrl,
        Status status,
        Set<Tier> tiers,
        Optional<String> classification,
        Map<String, Map<String, String>> extraTrackers,
        Source source) {

    public EventDefinition {
        identifiers = Copies.of(identifiers);
        additionalProperties = Collections.unmodifiableMap(new LinkedHashMap<>(additionalProperties));
        productCategories = List.copyOf(productCategories);
        tiers = Copies.of(tiers);
        Map<String, Map<String, String>> trackers = new LinkedHashMap<>();
        extraTrackers.forEach((tracker, properties) ->
                trackers.put(tracker, Collections.unmodifiableMap(new LinkedHashMap<>(properties))));
        extraTrackers = Collections.unmodifiableMap(trackers);
    }

    /** Returns whether the event should no longer be tracked. */
    public boolean removed() {
        return status == Status.REMOVED;
    }
}
