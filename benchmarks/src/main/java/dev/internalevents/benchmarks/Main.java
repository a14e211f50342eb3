package dev.internalevents.benchmarks;

import dev.internalevents.benchmarks.collect.Collect;
import dev.internalevents.benchmarks.deliver.Deliver;
import dev.internalevents.benchmarks.frame.Frames;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.lake.Lake;
import dev.internalevents.benchmarks.loss.Loss;
import dev.internalevents.benchmarks.metrics.MetricsBenchmark;
import dev.internalevents.benchmarks.micro.Micro;
import dev.internalevents.benchmarks.track.Track;
import dev.internalevents.benchmarks.tsv.Tsv;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code benchmarks/run NAME [--quick]}: runs one benchmark; its last line is {@code RESULT {json}}. */
public final class Main {

    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.of(
            "track", Track::run,
            "deliver", Deliver::run,
            "loss", Loss::run,
            "collect", Collect::run,
            "micro", Micro::run,
            "lake", Lake::run,
            "metrics", MetricsBenchmark::run,
            "tsv", Tsv::run,
            "frame", Frames::run));

    private static final String USAGE = """
            Usage: benchmarks/run NAME [--quick]

            Runs the product and its peers side by side and prints the figures; the last line is RESULT {json}.
              track    cost of a call for the calling thread, compared with the Snowplow tracker and OpenTelemetry
              deliver  events per second and CPU per event until they reach a collector, compared with the Snowplow
                       tracker and a bare socket; memory while the collector is down
              loss     events lost when processes are killed and when a collector fails in every way
              collect  requests accepted by the collector, compared with nginx; events processed and stored
              micro    the local collector: start-up time, memory, queries over a million events
              metrics  cost of counting per event and rule, and the error of unique counts
              lake     events per second and core into Iceberg tables, and their size on the disk
              tsv      cost of writing a processed event as enriched TSV
              frame    cost of encoding a processed event for a topic, and of decoding it
              --quick  fewer rounds; takes at most 50 seconds (collect, lake and micro: two minutes)

            Example: benchmarks/run track --quick""";

    private Main() {}

    private interface Benchmark {
        Result run(boolean quick) throws Exception;
    }

    public static void main(String[] given) throws Exception {
        List<String> arguments = List.of(given);
        if (arguments.contains("--help") || arguments.contains("-h")) {
            System.out.println(USAGE);
            return;
        }
        List<String> names =
                arguments.stream().filter(name -> !name.equals("--quick")).toList();
        Benchmark benchmark = names.size() == 1 ? BENCHMARKS.get(names.get(0)) : null;
        if (benchmark == null) {
            System.err.println("benchmarks/run: "
                    + (names.isEmpty() ? "NAME is missing; expected" : String.join(" ", names) + " is not")
                    + " one of " + String.join(", ", BENCHMARKS.keySet()) + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        System.out.println(Machine.describe());
        Result result = benchmark.run(arguments.size() > names.size());
        System.out.println("RESULT " + result.toJson());
    }
}
