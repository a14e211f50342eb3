package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.ping.Installation;
import dev.internalevents.metrics.ping.ServicePing;
import dev.internalevents.metrics.store.FileMetricStore;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sum of values that are valid JSON numbers is a valid JSON number too, or −2 with the reason. */
class GreatSumsTest {

    @TempDir
    private Path folder;

    private Dictionary dictionary;
    private Counters counters;

    @BeforeEach
    void define() {
        dictionary = Workload.dictionary(folder.resolve("definitions"));
        counters = Counters.of(dictionary);
    }

    private Increments closed(Number... values) {
        Increments batch = new Increments();
        for (Number value : values) {
            counters.count(
                    new Workload.Event(
                            "closed", Workload.NOW.toEpochMilli(), null, null, null, null, null, value, Map.of()),
                    batch);
        }
        return batch;
    }

    private Metrics metrics(MetricStore store) {
        return new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.7e308, -1.7e308})
    void a_sum_beyond_every_double_is_minus_two_with_the_reason(double value) {
        MemoryMetricStore store = new MemoryMetricStore(counters);
        store.apply(closed(value, value), null);
        Metrics metrics = metrics(store);

        MetricValue all = metrics.value("sums.value").orElseThrow();
        assertThat(all.value()).isEqualByComparingTo(BigDecimal.valueOf(value).multiply(BigDecimal.valueOf(2)));
        assertThat(all.json()).isEqualTo(-2L);
        assertThat(all.currentJson()).isEqualTo(-2L);
        assertThat(all.error().orElseThrow()).startsWith("the sum is beyond the greatest number");

        // The complete week contains none of these events.
        MetricValue week = metrics.value("sums.value_weekly").orElseThrow();
        assertThat(week.json()).isEqualTo(0L);
        assertThat(week.error()).isEmpty();
        assertThat(week.currentJson()).isEqualTo(-2L);
        assertThat(week.currentError()).isPresent();
    }

    @Test
    void the_greatest_double_is_itself() {
        MemoryMetricStore store = new MemoryMetricStore(counters);
        store.apply(closed(Double.MAX_VALUE, Double.MIN_VALUE), null);

        MetricValue sum = metrics(store).value("sums.value").orElseThrow();
        assertThat(sum.json()).isEqualTo(Double.MAX_VALUE);
        assertThat(sum.error()).isEmpty();
    }

    @Test
    void the_ping_says_why_and_a_file_of_counters_keeps_the_sum() {
        UUID queue = UUID.randomUUID();
        try (FileMetricStore store = FileMetricStore.open(counters, folder.resolve("counters"))) {
            store.apply(closed(1.7e308, 1.7e308, 1e-300), new Position(queue, 1, 1));
        }
        try (FileMetricStore store = FileMetricStore.open(counters, folder.resolve("counters"))) {
            Installation installation = new Installation(queue, "shop.example.com", "1.2.3", "container", "CE");
            String json = new ServicePing(
                            installation,
                            dictionary,
                            metrics(store),
                            Map.of(),
                            Duration.ofSeconds(30),
                            Clock.fixed(Workload.NOW, ZoneOffset.UTC))
                    .json();

            Map<?, ?> ping = (Map<?, ?>) Json.parse(json);
            assertThat(((Map<?, ?>) ping.get("sums")).get("value")).isEqualTo(-2L);
            assertThat(((Map<?, ?>) ping.get("sums")).get("value_weekly")).isEqualTo(0L);
            List<?> timings = (List<?>) ((Map<?, ?>) ping.get("metadata")).get("metrics");
            assertThat(timings.stream().map(timing -> (Map<?, ?>) timing).filter(timing -> timing.containsKey("error")))
                    .singleElement()
                    .satisfies(timing -> {
                        assertThat(timing.get("name")).isEqualTo("sums.value");
                        assertThat(timing.get("error").toString()).startsWith("the sum is beyond");
                    });
        }
    }
}
