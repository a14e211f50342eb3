package dev.internalevents.metrics;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;
import java.math.BigDecimal;
import java.util.Map;

/**
 * A metric's value for one time frame.
 *
 * @param keyPath with the time frame's suffix
 * @param value of the complete weeks that the time frame means, or of all time; of a metric with a total for each value,
 *     all of these totals together
 * @param current the same with the week that is not over yet as the last one
 * @param totals of a metric with a total for each value: for {@code label}, or what else its rules name, the total of each
 *     value, {@code {label={issue=3, mr=12}}}; sorted, empty for all other metrics
 * @param currentTotals the same with the week that is not over yet
 */
public record MetricValue(
        String keyPath,
        MetricDefinition definition,
        TimeFrame timeFrame,
        BigDecimal value,
        BigDecimal current,
        Map<String, Map<String, Long>> totals,
        Map<String, Map<String, Long>> currentTotals) {

    /** The value as in the Service Ping: a number, or the map of totals. */
    public Object json() {
        return totals.isEmpty() ? Amounts.number(value) : totals;
    }

    /** The current value in the same form. */
    public Object currentJson() {
        return currentTotals.isEmpty() ? Amounts.number(current) : currentTotals;
    }
}
