package dev.internalevents.benchmarks.metrics;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.definitions.InProcessCounting;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Lifecycle;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.ProductArea;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.Source;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.UniqueBy;
import dev.internalevents.metrics.CountedEvent;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.EventCounter;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Week;
import dev.internalevents.metrics.store.FileMetricStore;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.spool.SpoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.jspecify.annotations.Nullable;

/**
 * Measures counting with ten rules of all kinds: the cost of a client call with each kind of event counter, the events
 * per second that one core counts, and the error of unique counts. Peer of the sketch: Apache DataSketches with as many
 * registers.
 */
public final class MetricsBenchmark {

    private static final int RULES = 10;
    private static final int USERS = 100_000;

    private MetricsBenchmark() {}

    public static Result run(boolean quick) throws Exception {
        int rounds = quick ? 5 : 9;
        int events = quick ? 500_000 : 2_000_000;
        Counters counters = Counters.of(dictionary());
        Result result = new Result();
        call(
                result,
                "ns_per_event_rule",
                rounds,
                events,
                new DirectEventCounter(counters, new MemoryMetricStore(counters)));
        try (TemporaryFolder folder = TemporaryFolder.create();
                QueuedEventCounter queued = QueuedEventCounter.open(
                        counters,
                        FileMetricStore.open(counters, folder.path().resolve("counters")),
                        folder.path().resolve("queue"),
                        SpoolSettings.DEFAULTS)) {
            call(result, "file_ns_per_event_rule", rounds, events / 4, queued);
        }
        throughput(result, counters, rounds, events);
        error(result, quick ? 40 : 200);
        sketch(result, rounds, quick ? 2_000_000 : 5_000_000);
        Checkpoints.run(result, quick ? 5 : 20);
        return result;
    }

    /** Measures the additional cost of trackEvent with counting, per rule. */
    private static void call(Result result, String name, int rounds, int events, EventCounter counter) {
        Median nanos = new Median();
        try (InternalEventsClient plain = client(event -> {});
                InternalEventsClient counting = client(new InProcessCounting(counter))) {
            for (int round = -2; round < rounds; round++) {
                double without = track(plain, events);
                double with = track(counting, events);
                counter.settle(Duration.ofMinutes(1));
                if (round >= 0) {
                    nanos.add((with - without) / RULES);
                }
            }
        }
        System.out.printf(
                "  %s: %.0f ns per event and rule, %.0f ns per event%n", name, nanos.get(), RULES * nanos.get());
        result.put(name, nanos.get());
    }

    private static InternalEventsClient client(EventListener listener) {
        return InternalEventsClient.builder().delivery(false).listener(listener).build();
    }

    private static double track(InternalEventsClient client, int events) {
        AdditionalProperties properties = ReferenceEvent.properties();
        List<RequestTracking> requests = new ArrayList<>();
        for (int user = 0; user < 1_000; user++) {
            EventContext context = ReferenceEvent.context().toBuilder()
                    .userId((long) user * 7_919 % USERS)
                    .projectId((long) user)
                    .build();
            requests.add(new RequestTracking(context));
        }
        long begun = System.nanoTime();
        for (int i = 0; i < events; i++) {
            try (Scope scope = requests.get(i % 1_000).makeCurrent()) {
                client.trackEvent(ReferenceEvent.ACTION, properties);
            }
        }
        return (double) (System.nanoTime() - begun) / events;
    }

    private static void throughput(Result result, Counters counters, int rounds, int events) {
        MemoryMetricStore store = new MemoryMetricStore(counters);
        List<CountedEvent> prepared = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            prepared.add(new Event(String.valueOf(i), String.valueOf(i % 5_000)));
        }
        Median rate = new Median();
        for (int round = -2; round < rounds; round++) {
            long begun = System.nanoTime();
            for (int i = 0; i < events; i++) {
                counters.count(prepared.get(i % USERS), store);
            }
            double perSecond = events * 1e9 / (System.nanoTime() - begun);
            if (round >= 0) {
                rate.add(perSecond);
            }
        }
        System.out.printf("  %,.0f events/s through %d rules on one thread%n", rate.get(), RULES);
        result.put("eps_10_rules", rate.get());
    }

    /** Measures the standard error of the count of 100,000 distinct users, over many stores. */
    private static void error(Result result, int stores) {
        Counters counters =
                Counters.of(new Dictionary(List.of(), List.of(metric(0, new Measure.Unique(UniqueBy.USER), no()))));
        int week = Week.of(System.currentTimeMillis());
        double squares = 0;
        for (int i = 0; i < stores; i++) {
            MemoryMetricStore store = new MemoryMetricStore(counters);
            for (int user = 0; user < USERS; user++) {
                store.unique(counters.all().get(0), week, i + "-" + user);
            }
            double error = (double) store.unique(counters.all(), new int[] {week}) / USERS - 1;
            squares += error * error;
        }
        System.out.printf("  unique counts of %,d: standard error %.3f %%%n", USERS, 100 * Math.sqrt(squares / stores));
        result.put("hll_error", Math.sqrt(squares / stores));
    }

    private static void sketch(Result result, int rounds, int values) {
        Counters counters =
                Counters.of(new Dictionary(List.of(), List.of(metric(0, new Measure.Unique(UniqueBy.USER), no()))));
        int week = Week.of(System.currentTimeMillis());
        String[] users = new String[USERS];
        for (int i = 0; i < USERS; i++) {
            users[i] = "user-" + i;
        }
        Median ours = new Median();
        Median peer = new Median();
        MetricStore[] kept = new MetricStore[1];
        for (int round = -2; round < rounds; round++) {
            MemoryMetricStore store = new MemoryMetricStore(counters);
            long begun = System.nanoTime();
            for (int i = 0; i < values; i++) {
                store.unique(counters.all().get(0), week, users[i % USERS]);
            }
            double us = (double) (System.nanoTime() - begun) / values;
            kept[0] = store;
            HllSketch sketch = new HllSketch(16, TgtHllType.HLL_8);
            begun = System.nanoTime();
            for (int i = 0; i < values; i++) {
                sketch.update(users[i % USERS]);
            }
            double them = (double) (System.nanoTime() - begun) / values;
            if (round >= 0) {
                ours.add(us);
                peer.add(them);
            }
        }
        System.out.printf("  adding to a unique count: %.0f ns; DataSketches %.0f ns%n", ours.get(), peer.get());
        result.put("unique_ratio", peer.get() / ours.get());
    }

    private static Dictionary dictionary() {
        List<MetricDefinition> metrics = new ArrayList<>();
        List<Measure> measures = List.of(
                new Measure.Total(),
                new Measure.Unique(UniqueBy.USER),
                new Measure.Unique(UniqueBy.PROJECT),
                new Measure.Sum());
        for (int i = 0; i < RULES; i++) {
            SortedMap<String, Object> filter = new TreeMap<>();
            if (i >= 4 && i < 7) {
                filter.put("label", ReferenceEvent.LABEL);
            } else if (i >= 7) {
                filter.put("model_engine", ReferenceEvent.MODEL_ENGINE);
            }
            metrics.add(metric(i, measures.get(i % measures.size()), filter));
        }
        Counters counters = Counters.of(new Dictionary(List.of(), metrics));
        if (counters.all().size() != RULES) {
            throw new IllegalStateException(counters.all().size() + " counters");
        }
        return new Dictionary(List.of(), metrics);
    }

    private static SortedMap<String, Object> no() {
        return new TreeMap<>();
    }

    static MetricDefinition metric(int number, Measure measure, SortedMap<String, Object> filter) {
        return new MetricDefinition(
                MetricDefinition.Key.suffixed(
                        "counts.metric_" + number,
                        measure instanceof Measure.Unique
                                ? Set.of(TimeFrame.SEVEN_DAYS, TimeFrame.TWENTY_EIGHT_DAYS)
                                : Set.of(TimeFrame.SEVEN_DAYS, TimeFrame.ALL)),
                new MetricDefinition.Label("a count", Optional.empty()),
                MetricDefinition.Value.NUMBER,
                MetricDefinition.Computation.of(new SelectionRule(ReferenceEvent.ACTION, measure, filter)),
                ProductArea.NONE,
                Lifecycle.ACTIVE,
                new Source("metric_" + number + ".yml", 1));
    }

    private record Event(String user, String project) implements CountedEvent {

        private static final long NOW = System.currentTimeMillis();

        @Override
        public String name() {
            return ReferenceEvent.ACTION;
        }

        @Override
        public long epochMillis() {
            return NOW;
        }

        @Override
        public @Nullable String namespace() {
            return null;
        }

        @Override
        public String label() {
            return ReferenceEvent.LABEL;
        }

        @Override
        public String property() {
            return ReferenceEvent.PROPERTY;
        }

        @Override
        public Number value() {
            return (long) ReferenceEvent.VALUE;
        }

        @Override
        public @Nullable Object additional(String key) {
            return key.equals("model_engine") ? ReferenceEvent.MODEL_ENGINE : null;
        }
    }
}
