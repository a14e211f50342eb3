package dev.internalevents.cli;

import dev.internalevents.protocol.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The values of metrics, as the collector has counted them. */
@Command(
        name = "metrics",
        description = {
            "Show the values of metrics that the collector counts.",
            "VALUE is of complete weeks, or of all time; SO FAR takes the week that is not over yet as the last one."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events metrics",
            "  internal-events metrics counts. awesome_feature   key paths with any of these in them",
            "  internal-events metrics --json",
        })
final class MetricsCommand implements Callable<Integer> {

    private static final int MAX_LENGTH = 60;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(paramLabel = "PART", arity = "0..*", description = "Shows the metrics whose key path has it.")
    private List<String> parts = new ArrayList<>();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonNode answer = collector.get("/micro/metrics");
        if (!answer.path("defined").asBoolean()) {
            throw new IOException("the collector has no definitions; start it with --definitions DIR");
        }
        List<JsonNode> found =
                answer.path("metrics").valueStream().filter(this::isWanted).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            found.forEach(out::println);
        } else if (found.isEmpty()) {
            spec.commandLine().getErr().println("No metric is called so.");
            return 1;
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("METRIC", "COUNTS", "TIME", "VALUE", "SO FAR"));
            for (JsonNode metric : found) {
                rows.add(List.of(
                        metric.path("key_path").asString(),
                        metric.path("measure").asString(),
                        metric.path("time_frame").asString(),
                        brief(metric.path("value")),
                        brief(metric.path("current"))));
            }
            TextTable.print(out, rows);
            out.flush();
            found.stream()
                    .filter(metric -> metric.has("error"))
                    .forEach(metric -> spec.commandLine()
                            .getErr()
                            .println(metric.path("key_path").asString() + ": "
                                    + metric.path("error").asString().replaceAll("\\p{Cntrl}", " ")));
        }
        return 0;
    }

    /** A number; of totals by value, the JSON, cut if it is long. */
    private static String brief(JsonNode value) {
        String text = Printable.of(value.toString(), " ");
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 1) + "…";
    }

    private boolean isWanted(JsonNode metric) {
        String keyPath = metric.path("key_path").asString();
        return parts.isEmpty() || parts.stream().anyMatch(keyPath::contains);
    }
}
