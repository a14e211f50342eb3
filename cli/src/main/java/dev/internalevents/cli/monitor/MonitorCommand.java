package dev.internalevents.cli.monitor;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.monitor.MonitoredEvent.Field;
import dev.internalevents.cli.terminal.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
public final class MonitorCommand implements Callable<Integer> {

    private static final long LOOK_MILLIS = 300;

    @Mixin
    private Console console = new Console();

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
        PrintWriter out = console.out();
        monitored.undefined().forEach(console.err()::println);
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

    private String event(MonitoredEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        event.values().forEach((field, value) -> {
            if (json || !value.isEmpty()) {
                fields.put(field.title(), value);
            }
        });
        if (json) {
            String extra = event.get(Field.EXTRA);
            fields.put(
                    Field.EXTRA.title(),
                    extra.isEmpty() ? Map.of() : JsonMapper.shared().readTree(extra));
            return JsonMapper.shared().writeValueAsString(fields);
        }
        return fields.entrySet().stream()
                .map(field -> field.getKey().equals(Field.ACTION.title())
                        ? field.getKey() + " " + field.getValue()
                        : field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" "));
    }
}
