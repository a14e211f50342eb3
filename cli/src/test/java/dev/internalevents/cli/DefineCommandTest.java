package dev.internalevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code internal-events define} in a script, without a terminal, and what the command prints otherwise. */
class DefineCommandTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        // what is there already; the root; where the event goes
        "'', src/main/resources/internal-events, events/close_door.yml",
        "'', ., config/events/close_door.yml",
        "config/events, ., config/events/close_door.yml",
        "events, ., events/close_door.yml",
        "metrics/counts_all, ., events/close_door.yml",
        "resources/internal-events/config, resources/internal-events, config/events/close_door.yml",
        "resources/internal-events/metrics, resources/internal-events, events/close_door.yml",
    })
    void an_event_is_written_beside_what_is_there_and_else_as_the_pages_show(String there, String root, String expected)
            throws IOException {
        Files.createDirectories(folder.resolve(there));
        String place = folder.resolve(root).toString();

        assertThat(run(0, event("--root", place))).contains("Written: ");

        assertThat(folder.resolve(root).resolve(expected)).isRegularFile();
        assertThat(run(0, "validate", place)).contains("1 file: 1 event, 0 metrics, 0 errors");
    }

    @Test
    void a_metric_whose_name_the_other_layout_has_is_not_written() throws IOException {
        String[] metric = {
            "define",
            "metric",
            "--root",
            folder.toString(),
            "--events",
            "close_door",
            "--measure",
            "total",
            "--time-frame",
            "all",
            "--metric-description",
            "doors",
            "--group",
            "doors",
            "--milestone",
            "18.1",
            "--tiers",
            "free"
        };
        Files.createDirectories(folder.resolve("events"));
        run(0, event("--root", folder.toString()));
        run(0, metric);
        Files.createDirectories(folder.resolve("config/events"));

        assertThat(run(1, metric)).contains("is defined already in config/metrics/");
        assertThat(run(0, "validate", folder.toString())).contains("2 files: 1 event, 1 metric, 0 errors");
    }

    @Test
    void every_mistake_in_the_options_is_reported_at_once() {
        assertThat(run(
                        1,
                        "define",
                        "event",
                        "--root",
                        folder.toString(),
                        "--action",
                        "Close Door",
                        "--identifiers",
                        "usr,none",
                        "--property",
                        "a b=x",
                        "--milestone",
                        "x",
                        "--tiers",
                        "fre"))
                .contains(
                        "--action: \"Close Door\" must consist of",
                        "--description is missing",
                        "--identifiers: \"usr\" is not allowed; allowed: project, user, namespace,"
                                + " feature_enabled_by_namespace_ids, none; did you mean \"user\"?",
                        "--identifiers: \"none\" goes with no other identifier",
                        "--property: \"a b\" must consist of",
                        "--group is missing",
                        "--milestone: \"x\" is no version",
                        "--tiers: \"fre\" is not allowed; allowed: free, premium, ultimate; did you mean \"free\"?");
    }

    @Test
    void every_mistake_in_the_options_of_a_metric_is_reported_at_once() {
        run(0, event("--root", folder.toString()));

        assertThat(run(
                        1,
                        "define",
                        "metric",
                        "--root",
                        folder.toString(),
                        "--events",
                        "close_dor",
                        "--time-frame",
                        "7 d"))
                .contains(
                        "--events: the event \"close_dor\" is not defined; did you mean \"close_door\"?",
                        "--time-frame: \"7 d\" is not allowed; allowed: 7d, 28d, all; did you mean \"7d\"?",
                        "--metric-description is missing",
                        "--milestone is missing");
    }

    @Test
    void feature_enabled_by_namespace_ids_is_an_identifier() throws IOException {
        List<String> options = new ArrayList<>(List.of(event("--root", folder.toString())));
        options.set(options.indexOf("user"), "feature_enabled_by_namespace_ids");

        run(0, options.toArray(String[]::new));

        assertThat(Files.readString(folder.resolve("config/events/close_door.yml")))
                .contains("- feature_enabled_by_namespace_ids");
    }

    @Test
    void no_line_of_the_help_is_wrapped_within_an_example() {
        StringWriter help = new StringWriter();
        Main.commandLine().usage(new PrintWriter(help));

        assertThat(help.toString().lines().dropWhile(line -> !line.equals("Examples:")))
                .filteredOn(line -> !line.isEmpty() && !line.equals("Examples:"))
                .allMatch(line -> line.startsWith("  internal-events ") || line.endsWith("--help says more."));
    }

    @Test
    void the_demo_prints_the_fields_that_have_a_value() {
        JsonNode event =
                JsonMapper.shared().readTree("{\"a\":null,\"b\":{\"c\":null,\"d\":[{\"e\":null,\"f\":0}]},\"g\":\"\"}");

        assertThat(DemoCommand.withoutNulls(event).toString()).isEqualTo("{\"b\":{\"d\":[{\"f\":0}]},\"g\":\"\"}");
        assertThat(event.has("a")).isTrue();
    }

    @Test
    void a_port_of_the_demo_that_is_in_use_is_named() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            assertThat(run(2, "demo", "--port", port)).contains("--port: port " + port + " is in use");
            assertThat(run(2, "demo", "--port", "0", "--gateway-port", port))
                    .contains("--gateway-port: port " + port + " is in use");
            assertThat(run(2, "demo", "--port", "70000")).contains("--port: 70000 is not a port; expected 0 to 65535");
        }
    }

    private static String[] event(String... more) {
        List<String> options = new ArrayList<>(List.of(
                "define",
                "event",
                "--action",
                "close_door",
                "--description",
                "A person closed a door",
                "--identifiers",
                "user",
                "--group",
                "doors",
                "--milestone",
                "18.1",
                "--tiers",
                "free"));
        options.addAll(List.of(more));
        return options.toArray(String[]::new);
    }

    private static String run(int expected, String... arguments) {
        CommandLine commandLine = Main.commandLine();
        StringWriter output = new StringWriter();
        commandLine.setOut(new PrintWriter(output));
        commandLine.setErr(new PrintWriter(output));
        int code = commandLine.execute(arguments);
        assertThat(code).as(output.toString()).isEqualTo(expected);
        return output.toString();
    }
}
