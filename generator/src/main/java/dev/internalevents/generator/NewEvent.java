package dev.internalevents.generator;

import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An event that is to be defined.
 *
 * @param additionalProperties name and description, in the order in which they are written
 * @param introducedByUrl the change that brings it; {@code TODO} is written when there is none yet
 */
public record NewEvent(
        String action,
        String description,
        List<Identifier> identifiers,
        Map<String, String> additionalProperties,
        String productGroup,
        String milestone,
        Optional<String> introducedByUrl,
        List<Tier> tiers) {

    /** The file's content, in the order of GitLab's files. */
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
                    (name, text) -> yaml.line(2, name + ":").line(4, "description: " + YamlText.scalar(text)));
        }
        return yaml.text("product_group", productGroup)
                .quoted("milestone", milestone)
                .text("introduced_by_url", introducedByUrl.orElse("TODO"))
                .list("tiers", tiers.stream().map(Term::term).toList())
                .toString();
    }

    /** Where the file belongs, below the folder that holds {@code events}. */
    public String file() {
        return "events/" + action + ".yml";
    }
}
