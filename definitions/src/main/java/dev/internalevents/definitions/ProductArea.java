package dev.internalevents.definitions;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where in the product a definition belongs. Immutable; preserves the file's order.
 *
 * @param group the owner: {@code product_group}
 * @param categories {@code product_categories}
 * @param tiers the tiers that include it
 */
public record ProductArea(Optional<String> group, List<String> categories, Set<Tier> tiers) {

    /** No group, no categories and no tiers. */
    public static final ProductArea NONE = new ProductArea(Optional.empty(), List.of(), Set.of());

    public ProductArea {
        categories = List.copyOf(categories);
        tiers = Copies.of(tiers);
    }
}
