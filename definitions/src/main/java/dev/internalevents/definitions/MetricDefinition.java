package dev.internalevents.definitions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A metric, as defined in its file. Lists preserve the file's order and are immutable.
 *
 * @param keyPath the dotted path in the Service Ping; with several time frames, without their suffixes
 * @param timeFrames one or more
 * @param timeFrameList whether the file has a list of time frames, so that each has its own key path
 * @param rules the events that are counted; empty if it counts none, as with most data sources other than {@link
 *     DataSource#INTERNAL_EVENTS}. All have the same kind of measure
 * @param instrumentationClass the class that computes it, for other data sources
 * @param source where it was read
 */
public record MetricDefinition(
        String keyPath,
        String description,
        Optional<String> name,
        Optional<String> productGroup,
        List<String> productCategories,
        ValueType valueType,
        Status status,
        Set<TimeFrame> timeFrames,
        boolean timeFrameList,
        DataSource dataSource,
        DataCategory dataCategory,
        List<String> performanceIndicatorTypes,
        Set<Tier> tiers,
        Optional<String> milestone,
        Optional<String> milestoneRemoved,
        Optional<String> introducedByUrl,
        Optional<String> removedByUrl,
        Optional<String> repairIssueUrl,
        Optional<String> instrumentationClass,
        List<SelectionRule> rules,
        Source source) {

    public MetricDefinition {
        productCategories = List.copyOf(productCategories);
        timeFrames = Copies.of(timeFrames);
        performanceIndicatorTypes = List.copyOf(performanceIndicatorTypes);
        tiers = Copies.of(tiers);
        rules = List.copyOf(rules);
    }

    /** Returns the time frame of each of the metric's values, by key path in the Service Ping. */
    public Map<String, TimeFrame> keyPaths() {
        Map<String, TimeFrame> keyPaths = new LinkedHashMap<>();
        timeFrames.forEach(frame -> keyPaths.put(timeFrameList ? keyPath + frame.suffix() : keyPath, frame));
        return keyPaths;
    }

    /** Returns whether its value is computed here, from events. */
    public boolean counted() {
        return !rules.isEmpty() && status != Status.REMOVED;
    }
}
