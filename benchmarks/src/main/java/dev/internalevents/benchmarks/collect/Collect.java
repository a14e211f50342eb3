package dev.internalevents.benchmarks.collect;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Measures how much a collector accepts, compared with nginx, which writes the same bodies to its log without forcing
 * them to disk; and how much it processes and stores while it accepts more.
 */
public final class Collect {

    private static final int CONNECTIONS = 64;
    private static final int BATCH = 50;

    /** More than the collector can process, so that it is always busy. */
    private static final int OFFERED_EVENTS_PER_SECOND = 80_000;

    private Collect() {}

    public static Result run(boolean quick) throws Exception {
        Nginx.check();
        int rounds = quick ? 1 : 3;
        int seconds = quick ? 4 : 20;
        Result result = new Result();
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Wrk wrk = new Wrk(folder.path());
            double ours = 0;
            for (int events : new int[] {1, BATCH}) {
                Median ratio = new Median();
                Median perSecond = new Median();
                for (int round = 0; round < rounds; round++) {
                    double peer = nginx(folder, wrk, seconds, events);
                    double own = collector(folder, wrk, seconds, events, round);
                    ratio.add(own / peer);
                    perSecond.add(own);
                    System.out.printf(
                            "  %d per body: nginx %,.0f events/s, ours %,.0f events/s, ratio %.2f%n",
                            events, peer * events, own * events, own / peer);
                }
                result.put(events == 1 ? "ratio_one" : "ratio_fifty", ratio.get());
                ours = events == 1 ? perSecond.get() : ours;
            }
            halfLoad(folder, result, ours / 2, quick ? 4 : 20);
            sustained(folder, result, quick ? 10 : 60);
        }
        return result;
    }

    private static void sustained(TemporaryFolder folder, Result result, int seconds) throws Exception {
        List<String> metrics = List.of(
                "--definitions",
                HundredMetrics.write(folder.path().resolve("definitions")).toString());
        double plain = sustained(folder, result, seconds, "", List.of());
        double counted = sustained(folder, result, seconds, "metrics_100_", metrics);
        double lake = sustained(folder, result, seconds, "lake_", lake(folder, "lake"));
        List<String> all = new ArrayList<>(metrics);
        all.addAll(lake(folder, "lake-and-metrics"));
        double both = sustained(folder, result, seconds, "lake_metrics_100_", all);
        System.out.printf(
                "  100 metrics cost %.1f µs CPU an event, the lake %.1f µs, both %.1f µs%n",
                counted - plain, lake - plain, both - plain);
    }

    private static List<String> lake(TemporaryFolder folder, String name) {
        // Commits are part of the figure, so there have to be some.
        return List.of("--lake", folder.path().resolve(name).toString(), "--lake-commit", "5s");
    }

    private static double nginx(TemporaryFolder folder, Wrk wrk, int seconds, int events) throws Exception {
        try (Nginx nginx = Nginx.start(folder.path())) {
            Wrk.Outcome outcome = wrk.run(nginx.port(), CONNECTIONS, seconds, events);
            long bodies = nginx.bodies();
            if (bodies < outcome.taken()) {
                throw new IOException(
                        "nginx answered " + outcome.taken() + " requests, but logged only " + bodies + " bodies");
            }
            return outcome.perSecond();
        }
    }

    private static double collector(TemporaryFolder folder, Wrk wrk, int seconds, int events, int round)
            throws Exception {
        String data = folder.path().resolve("data-" + events + "-" + round).toString();
        try (CollectorUnderTest collector = CollectorUnderTest.start("collector", "--data", data)) {
            // Warm up: a JVM gets faster in its first seconds, and a collector runs for months.
            wrk.run(collector.port(), CONNECTIONS, events == 1 ? seconds : Math.min(seconds, 5), events);
            collector.awaitProcessed();
            long before = collector.stored();
            Wrk.Outcome outcome = wrk.run(collector.port(), CONNECTIONS, seconds, events);
            long waiting = collector.metric("internal_events_requests_waiting");
            collector.awaitProcessed();
            long stored = collector.stored() - before;
            // wrk exits without waiting for requests in flight.
            if (stored < outcome.taken() * events || stored > (outcome.taken() + 2 * CONNECTIONS) * events) {
                throw new IOException(
                        outcome.taken() * events + " events were acknowledged, but " + stored + " are in the store");
            }
            System.out.printf(
                    "  ours: %,d requests accepted, %,d rejected, %,d waiting at the end; all events are stored%n",
                    outcome.taken(), outcome.refused(), waiting);
            return outcome.perSecond();
        }
    }

    private static void halfLoad(TemporaryFolder folder, Result result, double requestsPerSecond, int seconds)
            throws Exception {
        try (CollectorUnderTest collector = CollectorUnderTest.start(
                "collector", "--data", folder.path().resolve("half").toString())) {
            PacedLoad load = new PacedLoad(collector.port(), 1);
            load.run(CONNECTIONS, requestsPerSecond, seconds);
            collector.awaitProcessed();
            PacedLoad.Outcome outcome = load.run(CONNECTIONS, requestsPerSecond, seconds);
            System.out.printf(
                    "  at %,.0f requests/s: p50 %.1f ms, p99 %.1f ms, %d rejected%n",
                    requestsPerSecond, outcome.percentileMillis(50), outcome.percentileMillis(99), outcome.refused());
            result.put("p99_ms_half_load", outcome.percentileMillis(99));
        }
    }

    /**
     * Offers more than the collector can process, and returns its CPU time for each event in microseconds, from its
     * receipt until it is stored, and in the lake.
     */
    private static double sustained(
            TemporaryFolder folder, Result result, int seconds, String prefix, List<String> options) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("--data", folder.path().resolve(prefix + "sustained").toString()));
        arguments.addAll(options);
        try (CollectorUnderTest collector = CollectorUnderTest.start("collector", arguments.toArray(String[]::new))) {
            PacedLoad load = new PacedLoad(collector.port(), BATCH);
            load.run(4, OFFERED_EVENTS_PER_SECOND / (double) BATCH, Math.min(20, seconds / 2.0));
            collector.awaitProcessed();
            collector.takePeakKilobytes();
            long before = collector.stored();
            double cpu = collector.cpuSeconds();
            long begun = System.nanoTime();
            CompletableFuture<PacedLoad.Outcome> sent = CompletableFuture.supplyAsync(() -> {
                try {
                    return load.run(4, OFFERED_EVENTS_PER_SECOND / (double) BATCH, seconds);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            double storedPerSecond = StoredRate.perSecond(collector, seconds);
            double took = (System.nanoTime() - begun) / 1e9;
            long peak = collector.takePeakKilobytes();
            PacedLoad.Outcome outcome = sent.join();
            collector.awaitProcessed();
            long all = collector.stored() - before;
            if (all != outcome.taken() * BATCH) {
                throw new IOException(
                        outcome.taken() * BATCH + " events were acknowledged, but " + all + " are in the store");
            }
            if (options.contains("--lake")) {
                collector.awaitLake();
            }
            double micros = 1e6 * (collector.cpuSeconds() - cpu) / all;
            System.out.printf(
                    "  sustained %d s: %,.0f events/s stored of %,.0f/s accepted, %d rejected, %.1f µs CPU an event, peak"
                            + " %d MB%n",
                    seconds, storedPerSecond, outcome.taken() * BATCH / took, outcome.refused(), micros, peak / 1024);
            result.put(prefix + "processed_eps", (long) storedPerSecond);
            result.put(prefix + "cpu_us_event", micros);
            result.put(prefix + "rss_mb", peak / 1024);
            return micros;
        }
    }
}
