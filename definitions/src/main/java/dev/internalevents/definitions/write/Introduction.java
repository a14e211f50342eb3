package dev.internalevents.definitions.write;

import dev.internalevents.definitions.Tier;
import java.util.List;
import java.util.Optional;

/**
 * Who introduces a definition, when, and for whom.
 *
 * @param productGroup the owner
 * @param productCategories written in alphabetical order; may be empty
 * @param milestone the version that introduces it
 * @param introducedByUrl the change that introduces it; default: {@code TODO}
 * @param tiers written from the lowest to the highest
 */
public record Introduction(
        String productGroup,
        List<String> productCategories,
        String milestone,
        Optional<String> introducedByUrl,
        List<Tier> tiers) {

    public Introduction {
        productCategories = productCategories.stream().distinct().sorted().toList();
        tiers = tiers.stream().distinct().sorted().toList();
    }

    /** Returns the URL of the change as it is written. */
    String url() {
        return introducedByUrl.orElse("TODO");
    }
}
