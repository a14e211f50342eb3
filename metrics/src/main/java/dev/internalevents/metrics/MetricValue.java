package dev.internalevents.metrics;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;
import java.math.BigDecimal;

/**
 * A metric's value for one time frame.
 *
 * @param keyPath with the time frame's suffix
 * @param value of the complete weeks that the time frame means, or of all time
 * @param current the same with the week that is not over yet as the last one
 */
public record MetricValue(
        String keyPath, MetricDefinition definition, TimeFrame timeFrame, BigDecimal value, BigDecimal current) {}
