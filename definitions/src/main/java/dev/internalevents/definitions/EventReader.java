package dev.internalevents.definitions;

import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Converts the keys of a file into an {@link EventDefinition}. */
final class EventReader {

    private static final List<String> KEYS = List.of(
            "description",
            "internal_events",
            "category",
            "action",
            "identifiers",
            "additional_properties",
            "product_group",
            "product_categories",
            "milestone",
            "status",
            "milestone_removed",
            "removed_by_url",
            "introduced_by_url",
            "tiers",
            "classification",
            "extra_trackers",
            "extra_properties",
            "iglu_schema_url");

    private static final List<String> OLD_KEYS = List.of(
            "distribution",
            "distributions",
            "tier",
            "stage",
            "section",
            "product_category",
            "product_section",
            "product_stage",
            "label_description",
            "property_description",
            "value_description",
            "value_type",
            "removed_by");

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
        fields.ignoreOthers(KEYS, OLD_KEYS);
        checkForGitLab();
        Optional<String> milestoneRemoved = fields.milestone("milestone_removed");
        Status status = fields.term("status", Status.class)
                .orElse(milestoneRemoved.isPresent() ? Status.REMOVED : Status.ACTIVE);
        if (status == Status.BROKEN) {
            problems.error(fields.line("status"), "status", "\"broken\" is for metrics; allowed: active, removed");
        }
        if (!fields.has("tiers") && !fields.has("tier")) {
            fields.missing("tiers");
        }
        return new EventDefinition(
                action(),
                fields.requiredText("description"),
                fields.truth("internal_events").orElse(false),
                fields.text("category"),
                fields.terms("identifiers", Identifier.class),
                properties(fields, "additional_properties"),
                fields.text("product_group"),
                fields.texts("product_categories"),
                fields.milestone("milestone"),
                milestoneRemoved,
                fields.url("introduced_by_url"),
                fields.url("removed_by_url"),
                status,
                OldTiers.read(fields),
                fields.text("classification"),
                extraTrackers(),
                new Source(problems.file(), fields.line("action")));
    }

    private void checkForGitLab() {
        fields.requiredByGitLab(List.of("product_group"), List.of("milestone", "introduced_by_url"));
        if (fields.value("internal_events") instanceof YamlValue.Truth internal && !internal.value()) {
            problems.refusedByGitLab(
                    internal.line(), "internal_events", "is false; GitLab allows true, or no such key");
        }
    }

    private String action() {
        String action = fields.requiredText("action");
        if (!action.isBlank() && !ACTION.matcher(action).matches()) {
            String right = action.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9]+", "_");
            problems.error(
                    fields.line("action"),
                    "action",
                    "\"" + action + "\" must consist of a-z, 0-9 and _; did you mean \"" + right + "\"?");
        }
        return action;
    }

    /** Returns protected properties by class name; several entries for one class are merged. */
    private Map<String, Map<String, String>> extraTrackers() {
        Map<String, Map<String, String>> trackers = new LinkedHashMap<>();
        fields.items("extra_trackers").forEach((key, value) -> {
            if (value instanceof Mapping tracker) {
                Fields of = new Fields(tracker, key + ".", problems);
                trackers.computeIfAbsent(of.requiredText("tracking_class"), name -> new LinkedHashMap<>())
                        .putAll(properties(of, "protected_properties"));
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
                        described.ignoreOthers(List.of("description"), List.of());
                        properties.put(name, described.requiredText("description"));
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
