package dev.internalevents.metrics;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A metric's value for one time frame. If it cannot be computed, it is {@value Amounts#FAILED}, as in the Service Ping.
 *
 * @param keyPath with the time frame's suffix
 * @param value for the complete weeks of the time frame, or for all time; for a metric with totals by value, the sum of
 *     all totals
 * @param current the same, with the current week as the last one
 * @param totals for a metric with totals by value: the totals for {@code label}, or the other properties that its rules
 *     name, {@code {label={issue=3, mr=12}}}; sorted. Empty for all other metrics
 * @param currentTotals the same, with the current week as the last one
 * @param broken why neither value can be computed; null if they can
 */
public record MetricValue(
        String keyPath,
        MetricDefinition definition,
        TimeFrame timeFrame,
        BigDecimal value,
        BigDecimal current,
        Map<String, Map<String, Long>> totals,
        Map<String, Map<String, Long>> currentTotals,
        @Nullable String broken) {

    static MetricValue broken(String keyPath, MetricDefinition definition, TimeFrame timeFrame, String why) {
        BigDecimal failed = BigDecimal.valueOf(Amounts.FAILED);
        return new MetricValue(keyPath, definition, timeFrame, failed, failed, Map.of(), Map.of(), why);
    }

    /** Returns why {@link #json} is {@value Amounts#FAILED}; empty if it is the value. */
    public Optional<String> error() {
        return error(value);
    }

    /** Returns why {@link #currentJson} is {@value Amounts#FAILED}; empty if it is the current value. */
    public Optional<String> currentError() {
        return error(current);
    }

    private Optional<String> error(BigDecimal number) {
        if (broken != null) {
            return Optional.of(broken);
        }
        return Amounts.isTooGreat(number)
                ? Optional.of("the sum is beyond the greatest number that JSON readers accept, 1.8E308; check which"
                        + " events have such values")
                : Optional.empty();
    }

    /**
     * Returns the value as in the Service Ping: a number, or the map of totals; {@value Amounts#FAILED} if there is an
     * error.
     */
    public Object json() {
        return totals.isEmpty() ? Amounts.number(value) : totals;
    }

    /** Returns the current value in the same form. */
    public Object currentJson() {
        return currentTotals.isEmpty() ? Amounts.number(current) : currentTotals;
    }
}
