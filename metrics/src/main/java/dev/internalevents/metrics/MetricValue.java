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
 * @param value of the complete weeks that the time frame means, or of all time; of a metric with a total for each value,
 *     all of these totals together
 * @param current the same with the week that is not over yet as the last one
 * @param totals of a metric with a total for each value: for {@code label}, or what else its rules name, the total of each
 *     value, {@code {label={issue=3, mr=12}}}; sorted, empty for all other metrics
 * @param currentTotals the same with the week that is not over yet
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

    /** Why {@link #json} is {@value Amounts#FAILED}; empty if it is the value. */
    public Optional<String> error() {
        return error(value);
    }

    /** Why {@link #currentJson} is {@value Amounts#FAILED}; empty if it is the current value. */
    public Optional<String> currentError() {
        return error(current);
    }

    private Optional<String> error(BigDecimal number) {
        if (broken != null) {
            return Optional.of(broken);
        }
        return Amounts.isTooGreat(number)
                ? Optional.of("the sum is beyond the greatest number that readers of JSON take, 1.8E308; see which"
                        + " events have such values")
                : Optional.empty();
    }

    /** The value as in the Service Ping: a number, or the map of totals; {@value Amounts#FAILED} if there is an error. */
    public Object json() {
        return totals.isEmpty() ? Amounts.number(value) : totals;
    }

    /** The current value in the same form. */
    public Object currentJson() {
        return currentTotals.isEmpty() ? Amounts.number(current) : currentTotals;
    }
}
