package dev.internalevents.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Watches events arrive and metrics change. */
@Command(
        name = "monitor",
        sortOptions = false,
        description = {
            "Watch events arrive and the metrics that count them change.",
            "On a terminal, full screen: p pauses, r resets, q quits. Otherwise one line per event and change.",
            "Values include the current, incomplete week. Undefined events are watched too, with a warning."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events monitor request_awesome_feature",
            "  internal-events monitor request_complete_code request_generate_code --url https://events.example.com",
            "  internal-events monitor request_awesome_feature --json | jq .",
        })
final class MonitorCommand implements Callable<Integer> {

    private static final long LOOK_MILLIS = 300;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(paramLabel = "EVENT", arity = "1..*", description = "Actions of the events to watch.")
    private List<String> actions = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object for each event and each change of a metric.")
    private boolean json;

    @Option(names = "--plain", description = "Print lines even on a terminal.")
    private boolean plain;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Monitored monitored = new Monitored(collector, actions);
        monitored.start();
        if (json || plain) {
            lines(monitored);
            return 0;
        }
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                lines(monitored);
            } else {
                new MonitorScreen(terminal, monitored).show();
            }
        }
        return 0;
    }

    /** Prints lines until the process is stopped or the reader of standard output is gone. */
    private void lines(Monitored monitored) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        monitored.undefined().forEach(spec.commandLine().getErr()::println);
        monitored.metrics().forEach(metric -> out.println(metric(metric)));
        out.flush();
        while (!out.checkError()) {
            Monitored.News news = monitored.poll();
            news.events().forEach(event -> out.println(event(event)));
            news.metrics().forEach(metric -> out.println(metric(metric)));
            out.flush();
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private String metric(Monitored.Metric metric) {
        if (!json) {
            return "metric " + metric.keyPath() + " " + metric.initial() + " -> " + metric.current();
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("metric", metric.keyPath());
        fields.put("events", metric.events());
        fields.put("measure", metric.measure());
        fields.put("initial", JsonMapper.shared().readTree(metric.initial()));
        fields.put("current", JsonMapper.shared().readTree(metric.current()));
        return JsonMapper.shared().writeValueAsString(fields);
    }

    private String event(Monitored.Event event) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("event", event.action());
        fields.put("collector_tstamp", event.time());
        fields.put("category", event.category());
        fields.put("user_id", event.user());
        fields.put("namespace_id", event.namespace());
        fields.put("project_id", event.project());
        fields.put("plan", event.plan());
        fields.put("label", event.label());
        fields.put("property", event.property());
        fields.put("value", event.value());
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>(fields);
            all.put(
                    "extra",
                    event.extra().isEmpty() ? Map.of() : JsonMapper.shared().readTree(event.extra()));
            return JsonMapper.shared().writeValueAsString(all);
        }
        fields.put("extra", event.extra());
        fields.values().removeIf(String::isEmpty);
        StringBuilder line = new StringBuilder();
        fields.forEach((name, value) -> line.append(line.isEmpty() ? "" : " ")
                .append(name.equals("event") ? "event " : name + "=")
                .append(value));
        return line.toString();
    }
}
