package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lists failed events with their reasons, and retries them, for example after a schema was fixed. */
@Command(
        name = "failed",
        description = "List, show and retry the events that failed.",
        subcommands = {FailedCommand.ListThem.class, FailedCommand.Show.class, FailedCommand.Retry.class},
        footer = {
            "",
            "Examples:",
            "  internal-events failed list",
            "  internal-events failed show 42",
            "  internal-events failed retry        all of them; or give their numbers"
        })
public final class FailedCommand implements Runnable {

    @Mixin
    private Console console = new Console();

    @Override
    public void run() {
        throw console.wrongUsage("A command is missing: list, show or retry.");
    }

    /** Lists failed events with number, time, name and reason. */
    @Command(name = "list", description = "List failed events, newest first.")
    static final class ListThem implements Callable<Integer> {

        private static final int MAX_LIMIT = 1_000;

        @Mixin
        private Console console = new Console();

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "Maximum number of events, 1 to " + MAX_LIMIT + "; default: ${DEFAULT-VALUE}.")
        private int limit = 50;

        @Option(names = "--json", description = "Print one JSON object per event.")
        private boolean json;

        @Mixin
        private RunningCollector collector = new RunningCollector();

        @Override
        public Integer call() throws IOException, InterruptedException {
            if (limit < 1 || limit > MAX_LIMIT) {
                throw console.wrongUsage("--limit: " + limit + " is not a number of events from 1 to " + MAX_LIMIT);
            }
            JsonNode answer = collector.post("/micro/events", "{\"validEvents\":false,\"pageSize\":" + limit + "}");
            PrintWriter out = console.out();
            for (JsonNode event : answer.path("events")) {
                out.println(
                        json
                                ? event.toString()
                                : event.path("number").asString("") + "  "
                                        + event.path("collector_tstamp").asString("") + "  "
                                        + OneLine.of(event.path("title").asString("")) + "  "
                                        + OneLine.of(event.path("reason").asString(""))
                                        + (event.path("repeat").asBoolean(false) ? "  (sent before)" : ""));
            }
            if (!json) {
                out.println(answer.path("totalItems").asLong() + " failed");
            }
            return 0;
        }
    }

    /** Shows one failed event in full. */
    @Command(name = "show", description = "Show a failed event: the whole request, and what is wrong and where.")
    static final class Show implements Callable<Integer> {

        @Mixin
        private Console console = new Console();

        @Parameters(paramLabel = "NUMBER", description = "The event's number, as shown by list.")
        private long number;

        @Mixin
        private RunningCollector collector = new RunningCollector();

        @Override
        public Integer call() throws IOException, InterruptedException {
            JsonNode event = collector.get("/micro/events/" + number);
            console.out()
                    .println(
                            JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(event));
            return 0;
        }
    }

    /** Sends failed events through the pipeline again. */
    @Command(name = "retry", description = "Process failed events again, from the requests that were received.")
    static final class Retry implements Callable<Integer> {

        @Mixin
        private Console console = new Console();

        @Parameters(
                paramLabel = "NUMBER",
                arity = "0..*",
                description = "The events' numbers, as shown by list; default: all failed events.")
        private long @Nullable [] numbers;

        @Mixin
        private RunningCollector collector = new RunningCollector();

        @Override
        public Integer call() throws IOException, InterruptedException {
            long good = 0;
            long failed = 0;
            long gone = 0;
            long[] chosen = numbers == null ? new long[0] : numbers;
            for (int i = 0; i < Math.max(1, chosen.length); i++) {
                JsonNode answer =
                        collector.post("/micro/failed/retry" + (chosen.length == 0 ? "" : "?number=" + chosen[i]), "");
                good += answer.path("good").asLong();
                failed += answer.path("stillFailed").asLong();
                gone += answer.path("withoutRequest").asLong();
            }
            console.out()
                    .println(good + " are good now, " + failed + " failed again"
                            + (gone > 0 ? ", " + gone + " are not retried: their request is no longer stored" : ""));
            return failed + gone == 0 ? 0 : 1;
        }
    }
}
