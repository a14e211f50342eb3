package dev.internalevents.definitions.read;

import java.util.Map;
import java.util.Optional;

/** Terms in older files that have a different name now. */
final class OldTerms {

    private static final Map<String, String> NOW = Map.of(
            "data_available", "active",
            "implemented", "active",
            "deprecated", "removed",
            "not_used", "removed",
            "ruby", "system",
            "Optional", "optional",
            "Operational", "operational",
            "Standard", "standard",
            "Subscription", "subscription");

    private OldTerms() {}

    /** Returns the current name of an old term. */
    static Optional<String> now(String term) {
        return Optional.ofNullable(NOW.get(term));
    }
}
