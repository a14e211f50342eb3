package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Measure;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Compares the metrics of a store with a recount of the same events.
 *
 * @param exactUniques the largest number of different values that the store counts exactly
 * @param standardError the standard error of unique counts beyond it
 */
public record RecountComparison(Dictionary dictionary, int exactUniques, double standardError) {

    /** Returns a comparison for a store that counts unique values with hashes, and many of them with a HyperLogLog. */
    public static RecountComparison withOwnUniqueCounts(Dictionary dictionary) {
        return new RecountComparison(dictionary, 1_000, 0.0041);
    }

    /** Compares each metric of the dictionary, by key path. */
    public void assertEqual(MetricStore store, Map<String, BigDecimal> recount) {
        Metrics metrics =
                new Metrics(dictionary, Counters.of(dictionary), store, Clock.fixed(Workload.NOW, ZoneOffset.UTC));
        assertThat(metrics.values())
                .extracting(MetricValue::keyPath)
                .containsExactlyInAnyOrderElementsOf(recount.keySet());
        for (MetricValue value : metrics.values()) {
            BigDecimal right = recount.get(value.keyPath());
            boolean unique = value.definition().rules().get(0).measure() instanceof Measure.Unique;
            if (unique && right.longValue() > exactUniques) {
                // A HyperLogLog may be off by one where three standard errors are less than one
                double allowed = Math.max(1, 3 * standardError * right.doubleValue());
                assertThat(value.value().doubleValue())
                        .as(value.keyPath())
                        .isBetween(right.doubleValue() - allowed, right.doubleValue() + allowed);
            } else {
                assertThat(value.value()).as(value.keyPath()).isEqualByComparingTo(right);
            }
        }
    }
}
