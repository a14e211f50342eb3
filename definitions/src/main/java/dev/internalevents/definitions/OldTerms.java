package dev.internalevents.definitions;

import java.util.Map;
import java.util.Optional;

/** Words that older files have for what is called otherwise now. */
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

    /** What an old word is now. */
    static Optional<String> now(String term) {
        return Optional.ofNullable(NOW.get(term));
    }
}
