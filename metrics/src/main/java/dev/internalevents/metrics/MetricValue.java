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
 * @param complete for the complete weeks of the time frame, or for all time
 * @param withCurrentWeek the same, with the current week as the last one
 * @param broken why neither value can be computed; null if they can
 */
public record MetricValue(
        String keyPath,
        MetricDefinition definition,
        TimeFrame timeFrame,
        Count complete,
        Count withCurrentWeek,
        @Nullable String broken) {

    /**
     * What was counted in a time.
     *
     * @param value for a metric with totals by value, the sum of all totals
     * @param totals for a metric with totals by value: the totals for {@code label}, or the other properties that its
     *     rules name, {@code {label={issue=3, mr=12}}}; sorted. Empty for all other metrics
     */
    public record Count(BigDecimal value, Map<String, Map<String, Long>> totals) {

        Count(BigDecimal value) {
            this(value, Map.of());
        }

        private Object json() {
            return totals.isEmpty() ? Amounts.number(value) : totals;
        }
    }

    static MetricValue broken(String keyPath, MetricDefinition definition, TimeFrame timeFrame, String why) {
        Count failed = new Count(BigDecimal.valueOf(Amounts.FAILED));
        return new MetricValue(keyPath, definition, timeFrame, failed, failed, why);
    }

    /** Returns the value for the complete weeks of the time frame, or for all time. */
    public BigDecimal value() {
        return complete.value();
    }

    /** Returns the value with the current week as the last one. */
    public BigDecimal current() {
        return withCurrentWeek.value();
    }

    /** Returns the totals by value for the complete weeks of the time frame, or for all time; see {@link Count}. */
    public Map<String, Map<String, Long>> totals() {
        return complete.totals();
    }

    /** Returns the totals by value with the current week as the last one; see {@link Count}. */
    public Map<String, Map<String, Long>> currentTotals() {
        return withCurrentWeek.totals();
    }

    /** Returns why {@link #json} is {@value Amounts#FAILED}; empty if it is the value. */
    public Optional<String> error() {
        return error(complete.value());
    }

    /** Returns why {@link #currentJson} is {@value Amounts#FAILED}; empty if it is the current value. */
    public Optional<String> currentError() {
        return error(withCurrentWeek.value());
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
        return complete.json();
    }

    /** Returns the current value in the same form. */
    public Object currentJson() {
        return withCurrentWeek.json();
    }
}
