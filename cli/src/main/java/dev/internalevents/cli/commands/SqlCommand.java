package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.cli.terminal.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Queries the collector's store. */
@Command(
        name = "sql",
        description = {
            "Query the collector's events with SQL (DuckDB): the views events, failed_events, and one for each schema.",
            "SHOW TABLES lists the views, and DESCRIBE events the columns of one.",
            "Runs one SELECT and returns at most 10,000 rows and 16 MB."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events sql \"SELECT se_action, count(*) FROM events GROUP BY ALL ORDER BY 2 DESC\"",
            "  internal-events sql \"SELECT realm, count(*) FROM contexts_com_gitlab_gitlab_standard_1 GROUP BY ALL\"",
            "  internal-events sql --json \"FROM failed_events SELECT name, failures\""
        })
public final class SqlCommand implements Callable<Integer> {

    private static final int MAX_WIDTH = 60;

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "SQL", description = "One SELECT statement; - reads it from standard input, as UTF-8.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String sql;

    @Option(names = "--json", description = "Print one JSON object per row.")
    private boolean json;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonMapper mapper = JsonMapper.shared();
        String question = sql.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : sql;
        JsonNode answer = collector.post("/micro/sql", mapper.writeValueAsString(Map.of("sql", question)));
        PrintWriter out = console.out();
        List<String> names =
                answer.path("columns").valueStream().map(JsonNode::asString).toList();
        if (json) {
            for (JsonNode row : answer.path("rows")) {
                var object = mapper.createObjectNode();
                for (int i = 0; i < names.size(); i++) {
                    object.set(names.get(i), row.get(i));
                }
                out.println(object);
            }
        } else {
            table(out, names, answer.path("rows"));
        }
        if (answer.path("truncated").asBoolean()) {
            console.err()
                    .println("There are more rows; only the first "
                            + answer.path("rows").size() + " are shown.");
        }
        return 0;
    }

    private static void table(PrintWriter out, List<String> names, JsonNode rows) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(names);
        for (JsonNode row : rows) {
            List<String> line = new ArrayList<>();
            row.forEach(value -> line.add(shown(value)));
            lines.add(line);
        }
        new TextTable(lines).printRuled(out);
    }

    /** Returns a value as one short line without control characters, which a terminal would execute. */
    private static String shown(JsonNode value) {
        String text = value.isNull() ? "" : value.isString() ? value.asString() : value.toString();
        return OneLine.of(text, MAX_WIDTH);
    }
}
