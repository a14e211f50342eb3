package dev.internalevents.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Removes what a running collector has about some persons. */
@Command(
        name = "forget",
        sortOptions = false,
        description = {
            "Remove what a running collector has about some persons: their events, the requests of failed events that have",
            "one of theirs, and their events that wait. It asks nothing, and cannot be undone. It needs the token of an",
            "admin (INTERNAL_EVENTS_TOKEN) if the collector has one."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events forget --user 4711",
            "  internal-events forget --user 4711 --user 4712 --global-user 1a79a4d60de6718e8e5b326e338ae533",
            "  internal-events forget --url https://events.example.com - < user-ids.txt"
        })
final class ForgetCommand implements Callable<Integer> {

    /** Ids in one request, so that 500 characters each fit into it. */
    private static final int AT_ONCE = 500;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(names = "--user", paramLabel = "ID", description = "A user id, as events have it; may be repeated.")
    private List<String> users = new ArrayList<>();

    @Option(
            names = "--global-user",
            paramLabel = "ID",
            description = "A global user id, as contexts have it; may be repeated.")
    private List<String> globalUsers = new ArrayList<>();

    @Parameters(
            paramLabel = "-",
            arity = "0..1",
            description = "Reads user ids from standard input too, one a line, as UTF-8.")
    private @Nullable String input;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (input != null && !input.equals("-")) {
            throw new ParameterException(
                    spec.commandLine(), "\"" + input + "\" is not -, which reads standard input; name ids with --user");
        }
        Set<String> ids = new LinkedHashSet<>(users);
        if (input != null) {
            new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(ids::add);
        }
        if (ids.isEmpty() && globalUsers.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "An id is missing: name one with --user or --global-user, or read them with -.");
        }
        Sum sum = new Sum();
        forget("users", List.copyOf(ids), sum);
        forget("globalUsers", globalUsers, sum);
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "removed %,d events, %,d requests of failed events, %,d waiting events",
                sum.events,
                sum.requests,
                sum.waiting));
        out.println("Backups and what was exported are not touched.");
        return 0;
    }

    private static final class Sum {
        private long events;
        private long requests;
        private long waiting;
    }

    private void forget(String kind, List<String> ids, Sum sum) throws IOException, InterruptedException {
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
            JsonNode removed =
                    collector.post("/micro/forget", JsonMapper.shared().writeValueAsString(Map.of(kind, some)));
            sum.events += removed.path("events").asLong();
            sum.requests += removed.path("requests").asLong();
            sum.waiting += removed.path("waiting").asLong();
        }
    }
}
