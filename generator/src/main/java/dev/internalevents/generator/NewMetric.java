package dev.internalevents.generator;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.TimeFrame;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A metric that is to be defined.
 *
 * @param events the actions that it counts
 * @param filter additional properties and their values, a {@code String} or a {@code Number}, of every event
 * @param description what it counts, after its beginning such as {@code Count of unique users who}
 * @param introducedByUrl the change that brings it; {@code TODO} is written when there is none yet
 */
public record NewMetric(
        List<String> events,
        Measure measure,
        Map<String, Object> filter,
        String description,
        List<TimeFrame> timeFrames,
        String productGroup,
        String milestone,
        Optional<String> introducedByUrl,
        List<Tier> tiers) {

    /** {@code count_distinct_user_id_from_request_awesome_feature}. */
    public String name() {
        StringBuilder name = new StringBuilder(String.join("_and_", events));
        filter.forEach((property, value) ->
                name.append('_').append(String.valueOf(value).replaceAll("[^A-Za-z0-9]+", "_")));
        if (measure instanceof Measure.Unique unique) {
            return "count_distinct_" + unique.by().term().replace('.', '_') + "_from_" + name;
        }
        return (measure instanceof Measure.Sum ? "sum_value_from_" : "count_total_") + name;
    }

    /** Where it stands in the Service Ping. */
    public String keyPath() {
        return (measure instanceof Measure.Unique ? "redis_hll_counters." : "counts.") + name();
    }

    /** What its description begins with. */
    public static String beginning(Measure measure) {
        if (measure instanceof Measure.Unique unique) {
            return unique.by()
                    .identifier()
                    .map(identifier -> "Count of unique " + identifier.term() + "s ")
                    .orElse("Count of unique values of " + unique.by().term() + " ");
        }
        return measure instanceof Measure.Sum ? "Sum of value of " : "Count of ";
    }

    /** The file's content, in the order of GitLab's files. */
    public String yaml() {
        YamlText yaml = new YamlText()
                .text("key_path", keyPath())
                .text("description", beginning(measure) + description)
                .text("product_group", productGroup)
                .list("performance_indicator_type", List.of())
                .plain("value_type", "number")
                .plain("status", "active")
                .quoted("milestone", milestone)
                .text("introduced_by_url", introducedByUrl.orElse("TODO"));
        if (timeFrames.size() == 1) {
            yaml.plain("time_frame", timeFrames.get(0).term());
        } else {
            yaml.list("time_frame", timeFrames.stream().map(Term::term).toList());
        }
        yaml.plain("data_source", "internal_events")
                .plain("data_category", "optional")
                .list("tiers", tiers.stream().map(Term::term).toList())
                .line(0, "events:");
        for (String event : events) {
            yaml.line(0, "- name: " + event);
            if (measure instanceof Measure.Unique unique) {
                yaml.line(2, "unique: " + unique.by().term());
            } else if (measure instanceof Measure.Sum) {
                yaml.line(2, "operator: " + Measure.SUM_OPERATOR);
            }
            if (!filter.isEmpty()) {
                yaml.line(2, "filter:");
                filter.forEach((property, value) -> yaml.line(
                        4, property + ": " + (value instanceof Number ? value : YamlText.scalar((String) value))));
            }
        }
        return yaml.toString();
    }

    /** Where the file belongs, below the folder that holds {@code metrics}. */
    public String file() {
        String folder = timeFrames.size() == 1 ? "counts_" + timeFrames.get(0).term() : "counts_all";
        return "metrics/" + folder + "/" + name() + ".yml";
    }
}
