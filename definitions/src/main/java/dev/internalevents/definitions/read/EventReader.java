package dev.internalevents.definitions.read;

import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Source;
import dev.internalevents.definitions.Status;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Converts the keys of a file into an {@link EventDefinition}. */
final class EventReader {

    private static final Set<String> BUILT_IN = Set.of("label", "property", "value");
    private static final Pattern ACTION = Pattern.compile("[a-z0-9_]+");
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9_]+");

    private final Fields fields;
    private final FileProblems problems;

    private EventReader(Mapping map, FileProblems problems) {
        this.fields = new Fields(map, "", problems);
        this.problems = problems;
    }

    /** Returns the event; empty if the file has an error. */
    static Optional<EventDefinition> read(Mapping map, FileProblems problems) {
        EventDefinition event = new EventReader(map, problems).event();
        return problems.hasErrors() ? Optional.empty() : Optional.of(event);
    }

    private EventDefinition event() {
        fields.ignoreOthers(Keys.OF_EVENTS, Keys.OLD_OF_EVENTS);
        checkForGitLab();
        Status status = fields.term(Keys.STATUS, Status.class)
                .orElse(fields.has(Keys.MILESTONE_REMOVED) ? Status.REMOVED : Status.ACTIVE);
        if (status == Status.BROKEN) {
            problems.error(fields.line(Keys.STATUS), Keys.STATUS, "\"broken\" is for metrics; allowed: active, removed");
        }
        if (!fields.has(Keys.TIERS) && !fields.has("tier")) {
            fields.missing(Keys.TIERS);
        }
        return new EventDefinition(
                action(),
                fields.requiredText(Keys.DESCRIPTION),
                new EventDefinition.Kind(
                        fields.truth(Keys.INTERNAL_EVENTS).orElse(false),
                        fields.text(Keys.CATEGORY),
                        fields.text(Keys.CLASSIFICATION)),
                new EventDefinition.Values(
                        fields.terms(Keys.IDENTIFIERS, Identifier.class),
                        properties(fields, Keys.ADDITIONAL_PROPERTIES),
                        extraTrackers()),
                CommonKeys.area(fields),
                CommonKeys.lifecycle(fields, status, Optional.empty()),
                new Source(problems.file(), fields.line(Keys.ACTION)));
    }

    private void checkForGitLab() {
        fields.requiredByGitLab(List.of(Keys.PRODUCT_GROUP), List.of(Keys.MILESTONE, Keys.INTRODUCED_BY_URL));
        if (fields.value(Keys.INTERNAL_EVENTS) instanceof YamlValue.Truth internal && !internal.value()) {
            problems.refusedByGitLab(
                    internal.line(), Keys.INTERNAL_EVENTS, "is false; GitLab allows true, or no such key");
        }
    }

    private String action() {
        String action = fields.requiredText(Keys.ACTION);
        if (!action.isBlank() && !ACTION.matcher(action).matches()) {
            String right = action.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9]+", "_");
            problems.error(
                    fields.line(Keys.ACTION),
                    Keys.ACTION,
                    "\"" + action + "\" must consist of a-z, 0-9 and _; did you mean \"" + right + "\"?");
        }
        return action;
    }

    /** Returns protected properties by class name; several entries for one class are merged. */
    private Map<String, Map<String, String>> extraTrackers() {
        Map<String, Map<String, String>> trackers = new LinkedHashMap<>();
        fields.items(Keys.EXTRA_TRACKERS).forEach((key, value) -> {
            if (value instanceof Mapping tracker) {
                Fields of = new Fields(tracker, key + ".", problems);
                trackers.computeIfAbsent(of.requiredText(Keys.TRACKING_CLASS), name -> new LinkedHashMap<>())
                        .putAll(properties(of, Keys.PROTECTED_PROPERTIES));
            } else {
                fields.expected("a map", value, key);
            }
        });
        return trackers;
    }

    /** Returns names and descriptions. */
    private Map<String, String> properties(Fields from, String of) {
        Map<String, String> properties = new LinkedHashMap<>();
        from.mapping(of)
                .ifPresent(map -> map.entries().forEach((name, entry) -> {
                    String key = from.key(of + "." + name);
                    if (!PROPERTY.matcher(name).matches()) {
                        problems.error(entry.line(), key, "a property name must consist of letters, digits and _");
                    }
                    YamlValue value = entry.value();
                    if (value instanceof Mapping property) {
                        Fields described = new Fields(property, key + ".", problems);
                        described.ignoreOthers(List.of(Keys.DESCRIPTION), List.of());
                        properties.put(name, described.requiredText(Keys.DESCRIPTION));
                    } else if (value instanceof YamlValue.Nothing && !BUILT_IN.contains(name)) {
                        // GitLab's schema restricts only the built-in properties, and GitLab's own files have keys
                        // without a description.
                        problems.warning(entry.line(), key, "has no description");
                        properties.put(name, "");
                    } else {
                        fields.expected("a map with a description", value, key);
                    }
                }));
        return properties;
    }
}
