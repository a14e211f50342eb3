package dev.internalevents.definitions.write;

import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A new event.
 *
 * @param identifiers written in the order of GitLab's files, in whatever order they are given
 * @param additionalProperties names and descriptions, in the order in which they are written
 * @param classification {@code duo} for events about AI features
 */
public record NewEvent(
        String action,
        String description,
        List<Identifier> identifiers,
        Map<String, String> additionalProperties,
        Optional<String> classification,
        Introduction introduction) {

    /** The order of GitLab's files. */
    private static final List<Identifier> ORDER = List.of(
            Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS, Identifier.PROJECT, Identifier.NAMESPACE, Identifier.USER);

    public NewEvent {
        identifiers = FileOrder.sorted(identifiers, ORDER);
    }

    /** Returns the tiers, from the lowest to the highest. */
    public List<Tier> tiers() {
        return introduction.tiers();
    }

    /** Returns the path of the file below the folder that contains {@code events}. */
    public String file() {
        return "events/" + action + ".yml";
    }

    /** Returns the content of the file, in the order of GitLab's files. */
    public String yaml() {
        YamlText yaml = new YamlText()
                .text(Keys.DESCRIPTION, description)
                .plain(Keys.INTERNAL_EVENTS, "true")
                .text(Keys.ACTION, action);
        if (!identifiers.isEmpty()) {
            yaml.list(Keys.IDENTIFIERS, identifiers.stream().map(Term::term).toList());
        }
        if (!additionalProperties.isEmpty()) {
            yaml.line(0, Keys.ADDITIONAL_PROPERTIES + ":");
            additionalProperties.forEach(
                    (name, text) -> yaml.line(2, YamlText.key(name) + ":").text(4, Keys.DESCRIPTION, text));
        }
        yaml.owner(introduction)
                .text(Keys.MILESTONE, introduction.milestone())
                .text(Keys.INTRODUCED_BY_URL, introduction.url())
                .list(Keys.TIERS, tiers().stream().map(Term::term).toList());
        classification.ifPresent(word -> yaml.text(Keys.CLASSIFICATION, word));
        return yaml.toString();
    }
}
