package dev.internalevents.definitions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One metric, as its file defines it. Lists keep the file's order and cannot be changed.
 *
 * @param keyPath the dotted path in the Service Ping; with several time frames, what they have in common
 * @param timeFrames one or more
 * @param timeFrameList whether the file has a list of time frames, so that each has a key path of its own
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

    /** Each value that the metric has: its key path in the Service Ping, and the time that it covers. */
    public Map<String, TimeFrame> keyPaths() {
        Map<String, TimeFrame> keyPaths = new LinkedHashMap<>();
        timeFrames.forEach(frame -> keyPaths.put(timeFrameList ? keyPath + frame.suffix() : keyPath, frame));
        return keyPaths;
    }

    /** Whether its value is counted here, from events. */
    public boolean counted() {
        return !rules.isEmpty() && status != Status.REMOVED;
    }
}
