package dev.internalevents.definitions;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One event, as its file defines it. Lists and maps keep the file's order and cannot be changed.
 *
 * @param action the name that code tracks
 * @param internal whether it is an internal event; the others are older events with a category of their own
 * @param category the category of an older event
 * @param identifiers what the event carries
 * @param additionalProperties every additional property and its description; {@code label} and {@code property} are
 *     strings, {@code value} is a number, any other is either
 * @param productGroup who owns it
 * @param classification {@code duo} for events about AI features
 * @param extraTrackers of each further tracker, by its class, the protected properties, which it alone may get, each
 *     with its description
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

    /** Whether nobody should track it any more. */
    public boolean removed() {
        return status == Status.REMOVED;
    }
}
