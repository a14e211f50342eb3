package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows the weekly report as it would be sent now. */
@Command(
        name = "service-ping",
        description = {
            "Show the Service Ping as it would be sent now: each active or broken metric at its key path.",
            "A metric that cannot be computed is -1 or -2; the reason is on standard error and in the document."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events service-ping",
            "  internal-events service-ping > ping.json",
            "",
            "To have a collector send it once a week:",
            "  internal-events collector --definitions . --service-ping-url https://example.com/ping",
        })
public final class ServicePingCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonNode ping = collector.get("/micro/service-ping");
        console.out()
                .println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(ping));
        PrintWriter err = console.err();
        for (JsonNode timing : ping.path("metadata").path("metrics")) {
            if (timing.has("error")) {
                err.println(OneLine.of(timing.path("name").asString() + ": "
                        + timing.path("error").asString()));
            }
        }
        return 0;
    }
}
