package dev.internalevents.generator;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.TimeFrame;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A new metric that counts events. {@link Measure.TotalBy}, which GitLab's generator does not offer either, is rejected
 * with an {@code IllegalArgumentException}.
 *
 * @param events what it counts, written by action; an action may occur several times with different filters
 * @param name replaces the names of the events in the key path and the file name; GitLab's generator asks for one if
 *     events are filtered, or if the file name would be longer than {@value #MAX_FILE_NAME}
 * @param description what it counts, after the beginning such as {@code Count of unique users who}
 * @param timeFrames written in the order of GitLab's files; a single one is part of key path, file name and description
 * @param productCategories written in alphabetical order; may be empty
 * @param introducedByUrl the change that introduces it; default: {@code TODO}
 */
public record NewMetric(
        List<Counted> events,
        Measure measure,
        Optional<String> name,
        String description,
        List<TimeFrame> timeFrames,
        String productGroup,
        List<String> productCategories,
        String milestone,
        Optional<String> introducedByUrl,
        List<Tier> tiers) {

    /** The maximum length of a file name in GitLab's generator, including the extension. */
    public static final int MAX_FILE_NAME = 100;

    private static final List<TimeFrame> ORDER =
            List.of(TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.SEVEN_DAYS, TimeFrame.ALL);

    /**
     * An event to count.
     *
     * @param filter additional properties and their values, a {@code String} or a {@code BigDecimal}, in the order in
     *     which they are written; empty for every event
     */
    public record Counted(String action, Map<String, Object> filter) {}

    public NewMetric {
        if (measure instanceof Measure.TotalBy) {
            throw new IllegalArgumentException(
                    measure.describe()
                            + ": such metrics are not generated, as in GitLab; write \"operator: total\" beside \"unique\" by hand");
        }
        events = events.stream()
                .distinct()
                .sorted(Comparator.comparing(Counted::action))
                .toList();
        timeFrames = timeFrames.stream()
                .distinct()
                .sorted(Comparator.comparing(ORDER::indexOf))
                .toList();
        productCategories = productCategories.stream().distinct().sorted().toList();
        tiers = tiers.stream().distinct().sorted().toList();
    }

    /** Returns whether an event is counted only if it has certain values. */
    public boolean isFiltered() {
        return events.stream().anyMatch(event -> !event.filter().isEmpty());
    }

    /**
     * Returns the last part of the key path, which is also the file name: {@code
     * count_distinct_user_id_from_request_awesome_feature_weekly}.
     */
    public String slug() {
        return beforeName() + name.orElseGet(this::actions) + afterName();
    }

    /** Returns the part of the slug before the names of the events. */
    public String beforeName() {
        if (measure instanceof Measure.Unique unique) {
            return "count_distinct_" + unique.by().term().replace('.', '_') + "_from_";
        }
        return measure instanceof Measure.Sum ? "sum_value_from_" : "count_total_";
    }

    /** Returns the part of the slug after them. */
    public String afterName() {
        return timeFrames.size() == 1 ? timeFrames.get(0).suffix() : "";
    }

    /** Returns the joined names of the events. */
    public String actions() {
        return events.stream().map(Counted::action).distinct().collect(Collectors.joining("_and_"));
    }

    /** Returns the place in the Service Ping; for several time frames, without their suffixes. */
    public String keyPath() {
        String group = measure instanceof Measure.Unique
                ? "redis_hll_counters."
                : measure instanceof Measure.Sum ? "sums." : "counts.";
        return group + slug();
    }

    /** Returns the beginning of a description, with a space at the end. */
    public static String beginning(Measure measure, List<TimeFrame> timeFrames) {
        String what = measure instanceof Measure.Sum ? "sum of " : "count of ";
        if (measure instanceof Measure.Unique unique) {
            what += "unique "
                    + unique.by()
                            .identifier()
                            .map(identifier -> identifier.term() + "s ")
                            .orElse("");
        }
        String text = timeFrames.size() == 1 ? word(timeFrames.get(0)) + what : what;
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static String word(TimeFrame frame) {
        return switch (frame) {
            case SEVEN_DAYS -> "weekly ";
            case TWENTY_EIGHT_DAYS -> "monthly ";
            default -> "total ";
        };
    }

    /** Returns the content of the file, in the order of GitLab's files. */
    public String yaml() {
        YamlText yaml = new YamlText().text("key_path", keyPath());
        yaml.text("description", beginning(measure, timeFrames) + description);
        about(yaml, productGroup, productCategories, milestone, introducedByUrl);
        if (timeFrames.size() == 1) {
            yaml.plain("time_frame", timeFrames.get(0).term());
        } else {
            yaml.list("time_frame", timeFrames.stream().map(Term::term).toList());
        }
        yaml.plain("data_source", "internal_events")
                .plain("data_category", "optional")
                .list("tiers", tiers.stream().map(Term::term).toList())
                .line(0, "events:");
        events.forEach(event -> rule(yaml, event));
        return yaml.toString();
    }

    private void rule(YamlText yaml, Counted event) {
        yaml.line(0, "- name: " + YamlText.key(event.action()));
        if (measure instanceof Measure.Unique unique) {
            yaml.line(2, "unique: " + unique.by().term());
        }
        if (!event.filter().isEmpty()) {
            yaml.line(2, "filter:");
            event.filter().forEach((property, value) -> {
                if (value instanceof BigDecimal number) {
                    yaml.number(4, YamlText.key(property), number);
                } else {
                    yaml.text(4, YamlText.key(property), String.valueOf(value));
                }
            });
        }
        if (measure instanceof Measure.Sum) {
            yaml.line(2, "operator: " + Measure.SUM_OPERATOR);
        }
    }

    /** Writes the keys that all kinds of metrics have after the description. */
    static void about(
            YamlText yaml,
            String productGroup,
            List<String> productCategories,
            String milestone,
            Optional<String> introducedByUrl) {
        yaml.text("product_group", productGroup);
        if (!productCategories.isEmpty()) {
            yaml.list("product_categories", productCategories);
        }
        yaml.list("performance_indicator_type", List.of())
                .plain("value_type", "number")
                .plain("status", "active")
                .text("milestone", milestone)
                .text("introduced_by_url", introducedByUrl.orElse("TODO"));
    }

    /** Returns the path of the file below the folder that contains {@code metrics}. */
    public String file() {
        String folder = timeFrames.size() == 1 ? "counts_" + timeFrames.get(0).term() : "counts_all";
        return "metrics/" + folder + "/" + slug() + ".yml";
    }
}
