package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of all counter stores. The test of a store extends this class and opens its store. */
public abstract class MetricStoreContract {

    private static final int EVENTS = 1_000_000;
    private static final int BATCH = 10_000;

    @TempDir
    protected Path folder;

    protected Dictionary dictionary;
    protected Counters counters;

    @BeforeEach
    void define() {
        dictionary = Workload.dictionary(folder.resolve("definitions"));
        counters = Counters.of(dictionary);
    }

    /** Opens the store; when opened again, it has its durable content. */
    protected abstract MetricStore open(Counters counters);

    /** Returns the comparison of the store's values with a recount: unless overridden, with our own unique counts. */
    protected RecountComparison comparison() {
        return RecountComparison.withOwnUniqueCounts(dictionary);
    }

    @Tag("slow")
    @Test
    @DisplayName("a million events of ten weeks give what a recount with SQL gives")
    void equals_a_recount() {
        try (MetricStore store = open(counters)) {
            UUID queue = UUID.randomUUID();
            Increments[] batch = {new Increments()};
            int[] events = {0};
            Workload.events(EVENTS, event -> {
                counters.count(event, batch[0]);
                if (++events[0] % BATCH == 0) {
                    Position position = new Position(queue, 1, events[0]);
                    boolean isFromElsewhere = events[0] / BATCH % 2 == 0;
                    store.apply(isFromElsewhere ? throughBytes(batch[0]) : batch[0], position);
                    // Again, as after a crash or a lost response
                    store.apply(batch[0], position);
                    batch[0] = new Increments();
                }
            });

            assertEqualsRecount(store, EVENTS);
        }
    }

    /** Returns the increments as another process reads them. */
    private Increments throughBytes(Increments batch) {
        try {
            return IncrementsFrame.decode(IncrementsFrame.encode(batch), counters)
                    .increments();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void totals_by_value_add_the_weeks_and_each_rule_of_a_property() {
        long week = Duration.ofDays(7).toMillis();
        long now = Workload.NOW.toEpochMilli();
        try (MetricStore store = open(counters)) {
            UUID queue = UUID.randomUUID();
            Increments batch = new Increments();
            counters.count(event("opened", now - week, "code", 3L), batch);
            counters.count(event("opened", now - 2 * week, "code", 3.0), batch);
            counters.count(event("opened", now - 2 * week, "chat", null), batch);
            counters.count(event("opened", now, "chat", null), batch);
            counters.count(event("opened", now, null, null), batch);
            counters.count(event("closed", now - week, "code", null), batch);
            store.apply(batch, new Position(queue, 1, 1));
            // Again, as after a crash or a lost response
            store.apply(batch, new Position(queue, 1, 1));
            Increments more = new Increments();
            counters.count(event("opened", now - 30 * week, "old", null), more);
            store.apply(more, new Position(queue, 1, 2));

            Metrics metrics = new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC));
            MetricValue weekly = metrics.value("totals.by_label_weekly").orElseThrow();
            assertThat(weekly.totals()).isEqualTo(Map.of("label", Map.of("code", 1L)));
            assertThat(weekly.currentTotals()).isEqualTo(Map.of("label", Map.of("chat", 1L)));
            assertThat(metrics.value("totals.by_label_monthly").orElseThrow().json())
                    .isEqualTo(Map.of("label", Map.of("code", 2L, "chat", 1L)));
            assertThat(metrics.value("totals.by_label").orElseThrow().json())
                    .isEqualTo(Map.of("label", Map.of("code", 2L, "chat", 2L, "old", 1L)));
            MetricValue both =
                    metrics.value("totals.by_value_and_label_monthly").orElseThrow();
            assertThat(both.json()).isEqualTo(Map.of("value", Map.of("3", 2L), "label", Map.of("code", 1L)));
            assertThat(both.value()).isEqualByComparingTo("3");
        }
    }

    @Test
    void a_clock_that_was_wrong_once_does_not_end_the_counts_of_weeks() {
        long week = Duration.ofDays(7).toMillis();
        long now = Workload.NOW.toEpochMilli();
        try (MetricStore store = open(counters)) {
            UUID queue = UUID.randomUUID();
            int part = 0;
            for (long time : new long[] {now - week, now + 3_000 * week, 0, now, now + week, now - 5 * week}) {
                Increments batch = new Increments();
                counters.count(event("opened", time, "code", 3L), batch);
                store.apply(batch, new Position(queue, 1, ++part));
            }

            for (int weeks = 0; weeks <= 2; weeks++) {
                Clock clock = Clock.fixed(Workload.NOW.plus(Duration.ofDays(7L * weeks)), ZoneOffset.UTC);
                assertThat(new Metrics(dictionary, counters, store, clock)
                                .value("counts.total_week")
                                .orElseThrow()
                                .value())
                        .as("after %s weeks", weeks)
                        .isEqualByComparingTo("1");
            }
        }
    }

    @Test
    void made_up_values_are_counted_together_beyond_a_limit() {
        try (MetricStore store = open(counters)) {
            UUID queue = UUID.randomUUID();
            long now = Workload.NOW.toEpochMilli();
            for (int part = 0; part < 5; part++) {
                Increments batch = new Increments();
                for (int i = 0; i < 500; i++) {
                    counters.count(event("opened", now, "label-" + (500 * part + i), null), batch);
                }
                counters.count(event("opened", now, "x".repeat(257), null), batch);
                counters.count(event("opened", now, "label-0", null), batch);
                store.apply(batch, new Position(queue, 1, part + 1));
            }

            Map<String, Long> totals = new Metrics(
                            dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC))
                    .value("totals.by_label")
                    .orElseThrow()
                    .totals()
                    .get("label");
            assertThat(totals).hasSize(TotalsByValue.MAX_VALUES + 1);
            assertThat(totals).containsEntry("label-0", 6L).containsEntry("(other)", 1_505L);
            assertThat(totals.keySet()).allMatch(value -> value.length() <= TotalsByValue.MAX_LENGTH);
        }
    }

    private static Workload.Event event(String name, long epochMillis, @Nullable String label, @Nullable Number value) {
        return new Workload.Event(name, epochMillis, "u1", null, null, label, null, value, Map.of());
    }

    protected void assertEqualsRecount(MetricStore store, int events) {
        comparison().assertEqual(store, Recount.of(dictionary, events, folder));
    }
}
