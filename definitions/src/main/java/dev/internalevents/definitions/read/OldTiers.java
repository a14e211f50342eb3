package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Tier;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The tiers of a definition; older files have them under {@code tier} and with other names. */
final class OldTiers {

    private static final Map<String, Tier> NAMES = Map.of(
            "free", Tier.FREE,
            "starter", Tier.PREMIUM,
            "bronze", Tier.PREMIUM,
            "silver", Tier.PREMIUM,
            "premium", Tier.PREMIUM,
            "gold", Tier.ULTIMATE,
            "ultimate", Tier.ULTIMATE);

    private OldTiers() {}

    static Set<Tier> read(Fields fields) {
        if (fields.has(Keys.TIERS)) {
            return fields.terms(Keys.TIERS, Tier.class);
        }
        Set<Tier> tiers = new LinkedHashSet<>();
        fields.items("tier").forEach((key, item) -> {
            String name = fields.textOf(item, key);
            Tier tier = name == null ? null : NAMES.get(name);
            if (tier != null) {
                tiers.add(tier);
            } else if (name != null) {
                fields.termOf(item, key, Tier.class);
            }
        });
        return tiers;
    }
}
