package dev.internalevents.benchmarks.track;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link TrackBenchmark} for each side in turn, a new JVM each time, and compares within each round. */
public final class Track {

    private static final int THREADS = 4;

    private Track() {}

    /**
     * The medians of one JVM's bursts. The time of all threads is from the first thread's start to the last one's end.
     */
    private record Bursts(double nanosPerCall, double callsPerSecond, double bytesPerCall, long refused) {}

    public static Result run(boolean quick) throws Exception {
        int rounds = quick ? 2 : 5;
        System.out.printf(
                "track: bursts of %,d newly built reference events, with an empty queue at the start of each; %d"
                        + " rounds, each side in a JVM of its own%n%n",
                TrackedSide.BURST, rounds);
        System.out.printf(
                "%-6s %-28s %10s %12s %14s %8s%n", "round", "side", "ns/call", "bytes/call", "calls/s", "rejected");
        Median toSnowplow = new Median();
        Median toOpenTelemetry = new Median();
        Median nanos = new Median();
        Median bytes = new Median();
        Median scaling = new Median();
        Median machine = new Median();
        long refused = 0;
        for (int round = 1; round <= rounds; round++) {
            Bursts ours = measure(round, "ours", 1, quick);
            Bursts snowplow = measure(round, "snowplow", 1, quick);
            Bursts openTelemetry = measure(round, "opentelemetry", 1, quick);
            Bursts together = measure(round, "ours", THREADS, quick);
            if (!quick) {
                Bursts separate = measure(round, "separate", THREADS, false);
                machine.add(separate.callsPerSecond / ours.callsPerSecond);
                refused += separate.refused;
            }
            toSnowplow.add(snowplow.nanosPerCall / ours.nanosPerCall);
            toOpenTelemetry.add(openTelemetry.nanosPerCall / ours.nanosPerCall);
            nanos.add(ours.nanosPerCall);
            bytes.add(ours.bytesPerCall);
            scaling.add(together.callsPerSecond / ours.callsPerSecond);
            refused += ours.refused + snowplow.refused + openTelemetry.refused + together.refused;
        }
        System.out.printf(
                "%nSnowplow ÷ ours %.1f, OpenTelemetry ÷ ours %.2f, %d threads ÷ one %.2f%n",
                toSnowplow.get(), toOpenTelemetry.get(), THREADS, scaling.get());
        Result result = new Result()
                .put("ratio_snowplow", toSnowplow.get())
                .put("ratio_otel", toOpenTelemetry.get())
                .put("track_ns", nanos.get())
                .put("track_bytes", bytes.get())
                .put("scaling_4_threads", scaling.get())
                .put("refused", refused);
        if (!quick) {
            System.out.printf(
                    "%d threads with a client each, which share nothing, ÷ one: %.2f%n", THREADS, machine.get());
            result.put("scaling_4_clients", machine.get());
        }
        return result;
    }

    private static Bursts measure(int round, String side, int threads, boolean quick) throws Exception {
        Path figures = Files.createTempFile("track", ".figures");
        try {
            double nanos = jmh(side, threads, quick, figures);
            Median wall = new Median();
            Median bytes = new Median();
            long refused = 0;
            for (String line : Files.readAllLines(figures)) {
                String[] parts = line.split(" ", -1);
                wall.add(Double.parseDouble(parts[0]));
                bytes.add(Double.parseDouble(parts[1]));
                refused = Long.parseLong(parts[2]);
            }
            double callsPerSecond = 1e9 * TrackedSide.BURST * threads / wall.get();
            System.out.printf(
                    "%-6d %-28s %,10.0f %,12.0f %,14.0f %8d%n",
                    round,
                    side + (threads == 1 ? "" : ", " + threads + " threads"),
                    nanos,
                    bytes.get(),
                    callsPerSecond,
                    refused);
            return new Bursts(nanos, callsPerSecond, bytes.get(), refused);
        } finally {
            Files.delete(figures);
        }
    }

    private static double jmh(String side, int threads, boolean quick, Path figures) throws RunnerException {
        // Pre-touch the heap, which a running service has already used; otherwise the first touch of each page counts
        // for the call.
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(TrackBenchmark.class.getName())
                        .param("side", side)
                        .threads(threads)
                        .forks(1)
                        .warmupIterations((quick ? 80 : 200) / (threads == 1 ? 1 : 2))
                        .measurementIterations(quick ? 20 : 60)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .jvmArgsAppend(
                                "-Xms1g",
                                "-Xmx1g",
                                "-XX:+AlwaysPreTouch",
                                "-D" + TrackBenchmark.FIGURES + "=" + figures)
                        .build())
                .run();
        return results.iterator().next().getPrimaryResult().getStatistics().getPercentile(50);
    }
}
