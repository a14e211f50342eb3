package dev.internalevents.benchmarks.metrics;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.UniqueBy;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.Week;
import dev.internalevents.metrics.store.FileMetricStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/** Measures how long a checkpoint of a thousand large unique counts holds up the thread that counts. */
final class Checkpoints {

    private static final int COUNTERS = 1_000;
    private static final int VALUES = 20_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final FileMetricStore store;
    private final Counters counters;
    private final UUID sequence = UUID.randomUUID();
    private final int week = Week.of(System.currentTimeMillis());
    private int batches;

    private Checkpoints(FileMetricStore store, Counters counters) {
        this.store = store;
        this.counters = counters;
    }

    static void run(Result result, int rounds) throws IOException {
        List<MetricDefinition> metrics = new ArrayList<>();
        for (int i = 0; i < COUNTERS; i++) {
            metrics.add(MetricsBenchmark.metric(
                    i, new Measure.Unique(UniqueBy.USER), new TreeMap<>(Map.of("label", "label " + i))));
        }
        Counters counters = Counters.of(new Dictionary(List.of(), metrics));
        try (TemporaryFolder folder = TemporaryFolder.create();
                FileMetricStore store =
                        FileMetricStore.open(counters, folder.path().resolve("counters"))) {
            new Checkpoints(store, counters).measure(result, rounds);
        }
    }

    private void measure(Result result, int rounds) {
        for (Counter counter : counters.all()) {
            Increments many = new Increments();
            for (int i = 0; i < VALUES; i++) {
                many.unique(counter, week, counter.index() + "-" + i);
            }
            apply(many);
        }
        Median idle = new Median();
        Median writing = new Median();
        double longest = 0;
        double longestCpu = 0;
        for (int round = 0; round < rounds; round++) {
            store.checkpoint();
            for (int i = 0; i < 20; i++) {
                Increments batch = batch();
                idle.add(millis(() -> apply(batch)));
            }
            long begun = System.nanoTime();
            Position before = store.durable();
            longest = Math.max(longest, millis(store::beginCheckpoint));
            while (Objects.equals(before, store.durable())) {
                Increments batch = batch();
                long cpu = THREADS.getCurrentThreadCpuTime();
                longest = Math.max(longest, millis(() -> apply(batch)));
                longestCpu = Math.max(longestCpu, (THREADS.getCurrentThreadCpuTime() - cpu) / 1e6);
            }
            writing.add((System.nanoTime() - begun) / 1e6);
        }
        System.out.printf(
                "  a checkpoint of %,d unique counts of %,d takes %.0f ms; counting a batch of one value for each takes"
                        + " %.1f ms, at most %.0f ms meanwhile (%.0f ms of CPU)%n",
                COUNTERS, VALUES, writing.get(), idle.get(), longest, longestCpu);
        result.put("checkpoint_ms", writing.get());
        result.put("checkpoint_pause_ms", longest);
        result.put("checkpoint_pause_cpu_ms", longestCpu);
    }

    private void apply(Increments batch) {
        store.apply(batch, new Position(sequence, 1, ++batches));
    }

    /** Returns a batch that changes every counter. */
    private Increments batch() {
        Increments batch = new Increments();
        for (Counter counter : counters.all()) {
            batch.unique(counter, week, "new-" + batches);
        }
        return batch;
    }

    private static double millis(Runnable action) {
        long begun = System.nanoTime();
        action.run();
        return (System.nanoTime() - begun) / 1e6;
    }
}
