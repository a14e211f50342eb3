package dev.internalevents.definitions.write;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.TimeFrame;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a new metric counts, and the names that follow from it. {@link Measure.TotalBy}, which GitLab's generator does
 * not offer either, is rejected with an {@code IllegalArgumentException}.
 *
 * @param events written by action; an action may occur several times with different filters
 * @param timeFrames written in the order of GitLab's files; a single one is part of key path, file name and description
 */
public record CountedEvents(List<Counted> events, Measure measure, List<TimeFrame> timeFrames) {

    private static final List<TimeFrame> ORDER =
            List.of(TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.SEVEN_DAYS, TimeFrame.ALL);

    /**
     * An event to count.
     *
     * @param filter additional properties and their values, a {@code String} or a {@code BigDecimal}, in the order in
     *     which they are written; empty for every event
     */
    public record Counted(String action, Map<String, Object> filter) {}

    public CountedEvents {
        if (measure instanceof Measure.TotalBy) {
            throw new IllegalArgumentException(
                    measure.describe()
                            + ": such metrics are not generated, as in GitLab; write \"operator: total\" beside \"unique\" by hand");
        }
        events = events.stream()
                .distinct()
                .sorted(Comparator.comparing(Counted::action))
                .toList();
        timeFrames = FileOrder.sorted(timeFrames, ORDER);
    }

    /** Returns whether an event is counted only if it has certain values. */
    public boolean isFiltered() {
        return events.stream().anyMatch(event -> !event.filter().isEmpty());
    }

    /**
     * Returns the last part of the key path, which is also the file name:
     * {@code count_distinct_user_id_from_request_awesome_feature_weekly}.
     *
     * @param name replaces the names of the events; GitLab's generator asks for one if events are filtered, or if the
     *     file name would be longer than {@value NewMetric#MAX_FILE_NAME}
     */
    public String slug(Optional<String> name) {
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

    /**
     * Returns the place in the Service Ping; for several time frames, without their suffixes.
     *
     * @param name replaces the names of the events
     */
    public String keyPath(Optional<String> name) {
        String group = measure instanceof Measure.Unique
                ? "redis_hll_counters."
                : measure instanceof Measure.Sum ? "sums." : "counts.";
        return group + slug(name);
    }

    /** Returns the beginning of a description, with a space at the end. */
    public String beginning() {
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
}
