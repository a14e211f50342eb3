package dev.internalevents.generator;

import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A new event.
 *
 * @param identifiers written in the order of GitLab's files, in whatever order they are given
 * @param additionalProperties names and descriptions, in the order in which they are written
 * @param productCategories written in alphabetical order; may be empty
 * @param introducedByUrl the change that introduces it; default: {@code TODO}
 * @param classification {@code duo} for events about AI features
 */
public record NewEvent(
        String action,
        String description,
        List<Identifier> identifiers,
        Map<String, String> additionalProperties,
        String productGroup,
        List<String> productCategories,
        String milestone,
        Optional<String> introducedByUrl,
        List<Tier> tiers,
        Optional<String> classification) {

    /** The order of GitLab's files. */
    private static final List<Identifier> ORDER = List.of(
            Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS, Identifier.PROJECT, Identifier.NAMESPACE, Identifier.USER);

    public NewEvent {
        identifiers = identifiers.stream()
                .distinct()
                .sorted(Comparator.comparing(ORDER::indexOf))
                .toList();
        productCategories = productCategories.stream().distinct().sorted().toList();
        tiers = tiers.stream().distinct().sorted().toList();
    }

    /** Returns the content of the file, in the order of GitLab's files. */
    public String yaml() {
        YamlText yaml = new YamlText()
                .text("description", description)
                .plain("internal_events", "true")
                .text("action", action);
        if (!identifiers.isEmpty()) {
            yaml.list("identifiers", identifiers.stream().map(Term::term).toList());
        }
        if (!additionalProperties.isEmpty()) {
            yaml.line(0, "additional_properties:");
            additionalProperties.forEach(
                    (name, text) -> yaml.line(2, YamlText.key(name) + ":").text(4, "description", text));
        }
        yaml.text("product_group", productGroup);
        if (!productCategories.isEmpty()) {
            yaml.list("product_categories", productCategories);
        }
        yaml.text("milestone", milestone)
                .text("introduced_by_url", introducedByUrl.orElse("TODO"))
                .list("tiers", tiers.stream().map(Term::term).toList());
        classification.ifPresent(word -> yaml.text("classification", word));
        return yaml.toString();
    }

    /** Returns the path of the file below the folder that contains {@code events}. */
    public String file() {
        return "events/" + action + ".yml";
    }
}
