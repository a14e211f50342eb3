package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Measure;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store of counters holds to. A store's test extends this and opens its store. */
public abstract class MetricStoreContract {

    private static final int EVENTS = 1_000_000;
    private static final int BATCH = 10_000;

    @TempDir
    protected Path folder;

    /** The store, with what it has kept when it is opened again. */
    protected abstract MetricStore open(Counters counters);

    /** The standard error of unique counts beyond {@link #exactUniques()}. */
    protected abstract double standardError();

    /** Up to how many different values unique counts are exact. */
    protected abstract int exactUniques();

    @Test
    @DisplayName("a million events of ten weeks give what a recount with SQL gives")
    void equals_a_recount() {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        try (MetricStore store = open(counters)) {
            UUID queue = UUID.randomUUID();
            Increments[] batch = {new Increments()};
            int[] events = {0};
            Workload.events(EVENTS, event -> {
                counters.count(event, batch[0]);
                if (++events[0] % BATCH == 0) {
                    Position position = new Position(queue, 1, events[0]);
                    store.apply(batch[0], position);
                    // Once more, as after a crash or a lost answer
                    store.apply(batch[0], position);
                    batch[0] = new Increments();
                }
            });

            assertEqualsRecount(dictionary, store, Recount.of(dictionary, EVENTS, folder));
        }
    }

    protected void assertEqualsRecount(Dictionary dictionary, MetricStore store, Map<String, BigDecimal> expected) {
        Metrics metrics =
                new Metrics(dictionary, Counters.of(dictionary), store, Clock.fixed(Workload.NOW, ZoneOffset.UTC));
        assertThat(metrics.values())
                .extracting(MetricValue::keyPath)
                .containsExactlyInAnyOrderElementsOf(expected.keySet());
        for (MetricValue value : metrics.values()) {
            BigDecimal right = expected.get(value.keyPath());
            boolean unique = value.definition().rules().get(0).measure() instanceof Measure.Unique;
            if (unique && right.longValue() > exactUniques()) {
                // A HyperLogLog may be one off where three standard errors are less than one
                double allowed = Math.max(1, 3 * standardError() * right.doubleValue());
                assertThat(value.value().doubleValue())
                        .as(value.keyPath())
                        .isBetween(right.doubleValue() - allowed, right.doubleValue() + allowed);
            } else {
                assertThat(value.value()).as(value.keyPath()).isEqualByComparingTo(right);
            }
        }
    }
}
