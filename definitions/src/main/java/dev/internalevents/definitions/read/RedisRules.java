package dev.internalevents.definitions.read;

import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.UniqueBy;
import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Entry;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules of older metrics with {@code data_source: redis} or {@code redis_hll} that count events. Rules are in
 * {@code events}, or in {@code options.events}, where unique users are counted unless
 * {@code options.aggregate.attribute} names something else. Problems in them are not errors: a metric whose rules
 * cannot be read is not counted.
 */
final class RedisRules {

    private final Fields fields;
    private final FileProblems problems;

    RedisRules(Fields fields, FileProblems problems) {
        this.fields = fields;
        this.problems = problems;
    }

    /** Returns the rules; none if the metric does not count events, or counts them in an unsupported way. */
    List<SelectionRule> read(DataSource dataSource) {
        YamlValue events = fields.value(Keys.EVENTS);
        if (events != null) {
            return written(events);
        }
        Mapping options = map(fields.value(Keys.OPTIONS));
        if (dataSource != DataSource.REDIS_HLL || options == null) {
            return List.of();
        }
        return ofOptions(options);
    }

    private List<SelectionRule> written(YamlValue events) {
        FileProblems own = new FileProblems(problems.file());
        List<SelectionRule> rules = new ArrayList<>();
        if (events instanceof Sequence list) {
            for (YamlValue item : list.items()) {
                String key = Keys.EVENTS + "[" + rules.size() + "]";
                Optional<SelectionRule> rule =
                        item instanceof Mapping map ? RuleReader.read(map, key, own) : Optional.empty();
                if (rule.isEmpty()) {
                    return notCounted(item.line(), reason(own, "expected a map with a name, found " + item.describe()));
                }
                rules.add(rule.get());
            }
        }
        if (own.hasErrors()) {
            return notCounted(events.line(), reason(own, ""));
        }
        long measures = rules.stream().map(SelectionRule::measure).distinct().count();
        return measures > 1 ? notCounted(events.line(), "its rules count in several ways") : rules;
    }

    private static String reason(FileProblems own, String defaultReason) {
        return own.list().stream()
                .filter(Problem::error)
                .findFirst()
                .map(problem -> problem.key() + ": " + problem.message())
                .orElse(defaultReason);
    }

    private List<SelectionRule> notCounted(int line, String reason) {
        problems.warning(line, Keys.EVENTS, "the metric is not counted: " + reason);
        return List.of();
    }

    private List<SelectionRule> ofOptions(Mapping options) {
        UniqueBy by = UniqueBy.USER;
        Mapping aggregate = map(value(options, "aggregate"));
        if (aggregate != null) {
            Optional<UniqueBy> attribute = attribute(value(aggregate, "attribute"));
            // Intersections are not supported.
            if (attribute.isEmpty() || "AND".equals(text(value(aggregate, Keys.OPERATOR)))) {
                return List.of();
            }
            by = attribute.get();
        }
        if (!(value(options, Keys.EVENTS) instanceof Sequence list)) {
            return List.of();
        }
        List<SelectionRule> rules = new ArrayList<>();
        for (YamlValue item : list.items()) {
            String name = text(item);
            if (name == null) {
                return List.of();
            }
            rules.add(new SelectionRule(name, new Measure.Unique(by), new TreeMap<>()));
        }
        return rules;
    }

    private static Optional<UniqueBy> attribute(@Nullable YamlValue value) {
        String text = text(value);
        return text == null ? Optional.of(UniqueBy.USER) : Term.find(UniqueBy.class, text.replaceFirst("_id$", ".id"));
    }

    private static @Nullable YamlValue value(Mapping map, String key) {
        Entry entry = map.entries().get(key);
        return entry == null ? null : entry.value();
    }

    private static @Nullable Mapping map(@Nullable YamlValue value) {
        return value instanceof Mapping mapping ? mapping : null;
    }

    private static @Nullable String text(@Nullable YamlValue value) {
        return value instanceof Text text ? text.value() : null;
    }
}
