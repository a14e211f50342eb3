package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.cli.terminal.TextTable;
import dev.internalevents.definitions.check.NearestName;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows the metric values that the collector has counted. */
@Command(
        name = "metrics",
        description = {
            "Show the values of the metrics that the collector counts.",
            "NOW includes the current, incomplete week as the last one; COMPLETE WEEKS leaves it out, as the Service Ping"
                    + " does. For a metric of all time both are the same."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events metrics",
            "  internal-events metrics counts. awesome_feature   key paths that contain any of these",
            "  internal-events metrics --json",
        })
public final class MetricsCommand implements Callable<Integer> {

    private static final int MAX_LENGTH = 60;

    @Mixin
    private Console console = new Console();

    @Parameters(
            paramLabel = "PART",
            arity = "0..*",
            description = "Show the metrics whose key path contains this text; default: all.")
    private List<String> parts = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object per line.")
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
        PrintWriter out = console.out();
        if (json) {
            found.forEach(out::println);
        } else if (found.isEmpty()) {
            console.err().println(noMetric(answer));
            return 1;
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("METRIC", "COUNTS", "TIME", "NOW", "COMPLETE WEEKS"));
            for (JsonNode metric : found) {
                rows.add(List.of(
                        metric.path("key_path").asString(),
                        metric.path("measure").asString(),
                        metric.path("time_frame").asString(),
                        brief(metric.path("current")),
                        brief(metric.path("value"))));
            }
            new TextTable(rows).print(out);
            out.flush();
            found.stream()
                    .filter(metric -> metric.has("error"))
                    .forEach(metric -> console.err()
                            .println(metric.path("key_path").asString() + ": "
                                    + OneLine.of(metric.path("error").asString())));
        }
        return 0;
    }

    private String noMetric(JsonNode answer) {
        Set<String> names = new TreeSet<>();
        for (JsonNode metric : answer.path("metrics")) {
            String keyPath = metric.path("key_path").asString();
            names.add(keyPath);
            names.add(keyPath.substring(keyPath.lastIndexOf('.') + 1));
            metric.path("events").valueStream().map(JsonNode::asString).forEach(names::add);
        }
        return parts.isEmpty()
                ? "the collector's definitions have no metric"
                : "no metric's key path contains " + String.join(" or ", parts)
                        + NearestName.of(parts.get(0), names)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse("; see all with: internal-events metrics");
    }

    /** Returns the number, or the JSON of the totals by value, truncated if it is long. */
    private static String brief(JsonNode value) {
        return OneLine.of(value.toString(), MAX_LENGTH);
    }

    private boolean isWanted(JsonNode metric) {
        String keyPath = metric.path("key_path").asString();
        return parts.isEmpty() || parts.stream().anyMatch(keyPath::contains);
    }
}
