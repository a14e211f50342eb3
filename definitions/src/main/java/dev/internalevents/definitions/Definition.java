package dev.internalevents.definitions;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What events and metrics have in common. */
public sealed interface Definition permits EventDefinition, MetricDefinition {

    String description();

    /** Returns where in the product it belongs. */
    ProductArea area();

    /** Returns when and why it was added, changed and removed. */
    Lifecycle lifecycle();

    /** Returns where it was read. */
    Source source();

    /** Returns the owner. */
    default Optional<String> productGroup() {
        return area().group();
    }

    default List<String> productCategories() {
        return area().categories();
    }

    default Set<Tier> tiers() {
        return area().tiers();
    }

    default Status status() {
        return lifecycle().status();
    }

    default Optional<String> milestone() {
        return lifecycle().milestone();
    }

    default Optional<String> milestoneRemoved() {
        return lifecycle().milestoneRemoved();
    }

    default Optional<String> introducedByUrl() {
        return lifecycle().introducedByUrl();
    }

    default Optional<String> removedByUrl() {
        return lifecycle().removedByUrl();
    }
}
