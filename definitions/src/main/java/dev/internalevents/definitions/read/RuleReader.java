package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.UniqueBy;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import dev.internalevents.definitions.yaml.YamlValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Converts an entry of a metric's {@code events} into a {@link SelectionRule}. */
final class RuleReader {

    private static final Set<String> IDENTIFIERS = Set.of(
            "user",
            "project",
            "namespace",
            "user.id",
            "project.id",
            "namespace.id",
            "user_id",
            "project_id",
            "namespace_id");

    private final Fields fields;
    private final String key;
    private final FileProblems problems;

    private RuleReader(Mapping map, String key, FileProblems problems) {
        this.fields = new Fields(map, key + ".", problems);
        this.key = key;
        this.problems = problems;
    }

    static Optional<SelectionRule> read(Mapping map, String key, FileProblems problems) {
        return new RuleReader(map, key, problems).rule();
    }

    private Optional<SelectionRule> rule() {
        fields.refuseOthers(Keys.OF_RULES);
        String event = fields.requiredText(Keys.NAME);
        Optional<Measure> measure = measure();
        SortedMap<String, Object> filter = filter();
        return measure.map(known -> new SelectionRule(event, known, filter));
    }

    private Optional<Measure> measure() {
        if (fields.has(Keys.OPERATOR)) {
            return fields.text(Keys.OPERATOR).flatMap(this::operator);
        }
        if (fields.has(Keys.UNIQUE)) {
            return fields.term(Keys.UNIQUE, UniqueBy.class).map(Measure.Unique::new);
        }
        return Optional.of(new Measure.Total());
    }

    private Optional<Measure> operator(String operator) {
        if (operator.equals(Measure.TOTAL_OPERATOR)) {
            if (fields.has(Keys.UNIQUE)) {
                return fields.term(Keys.UNIQUE, UniqueBy.class).map(Measure.TotalBy::new);
            }
            problems.warning(
                    fields.line(Keys.OPERATOR),
                    key + ".operator",
                    "has no effect without unique, because a rule counts the total by default; remove it, or add unique");
            return Optional.of(new Measure.Total());
        }
        if (!operator.equals(Measure.SUM_OPERATOR)) {
            problems.error(
                    fields.line(Keys.OPERATOR),
                    key + ".operator",
                    "unknown operator \"" + operator + "\"; allowed: " + Measure.SUM_OPERATOR + ", "
                            + Measure.TOTAL_OPERATOR + " with unique");
            return Optional.empty();
        }
        if (fields.has(Keys.UNIQUE)) {
            problems.error(
                    fields.line(Keys.UNIQUE),
                    key + ".unique",
                    "a rule has either unique or operator: " + Measure.SUM_OPERATOR + "; remove one");
        }
        return Optional.of(new Measure.Sum());
    }

    private SortedMap<String, Object> filter() {
        SortedMap<String, Object> filter = new TreeMap<>();
        fields.mapping(Keys.FILTER)
                .ifPresent(map -> map.entries().forEach((property, entry) -> {
                    String at = key + ".filter." + property;
                    YamlValue value = entry.value();
                    if (IDENTIFIERS.contains(property)) {
                        problems.error(
                                entry.line(),
                                at,
                                "\"" + property + "\" is an identifier; only additional properties can be filtered by");
                    } else if (property.equals("value") && !(value instanceof YamlValue.Numeric)) {
                        fields.expected("a number", value, at);
                    } else if (value instanceof YamlValue.Numeric number
                            && !property.equals("label")
                            && !property.equals("property")) {
                        filter.put(property, number.value());
                    } else if (value instanceof Text text) {
                        filter.put(property, text.value());
                    } else if (property.equals("label") || property.equals("property")) {
                        fields.textOf(value, at);
                    } else {
                        fields.expected("a text or a number", value, at);
                    }
                }));
        return filter;
    }
}
