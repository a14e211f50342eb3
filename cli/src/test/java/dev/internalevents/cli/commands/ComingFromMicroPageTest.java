package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.MicroOptions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** Runs the commands that docs/coming-from-micro.md shows. */
class ComingFromMicroPageTest {

    private static final Path PAGE = Path.of("../docs/coming-from-micro.md");
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                blocks.add(matcher.group(2));
            }
        }
        assertThat(blocks).as(language).isNotEmpty();
        return blocks;
    }

    static Stream<String> scripts() throws IOException {
        return blocks("shell").stream().filter(block -> block.startsWith("curl"));
    }

    static Stream<List<String>> commands() throws IOException {
        Stream<String> typed = blocks("shell").stream()
                .filter(block -> block.startsWith("./internal-events micro"))
                .map(block -> block.strip().substring("./internal-events micro ".length()));
        List<List<String>> all =
                new ArrayList<>(typed.map(text -> List.of(text.split(" "))).toList());
        for (String yaml : blocks("yaml")) {
            collect(new Load(LoadSettings.builder().build()).loadFromString(yaml), all);
        }
        assertThat(all).hasSizeGreaterThan(2);
        return all.stream();
    }

    private void file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void collect(Object yaml, List<List<String>> found) {
        if (yaml instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if ("command".equals(key) && value instanceof List<?> list) {
                    assertThat(list.get(0)).isEqualTo("micro");
                    found.add(list.stream().skip(1).map(String::valueOf).toList());
                } else {
                    collect(value, found);
                }
            });
        } else if (yaml instanceof List<?> list) {
            list.forEach(item -> collect(item, found));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_is_taken_without_a_notice(List<String> arguments) throws Exception {
        file("schemas/com.acme/bought/jsonschema/1-0-0", "{}");
        file("config/micro.conf", "collector.port = 9090");
        file(
                "config/iglu.json",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"cacheSize\":500,"
                        + "\"repositories\":[]}}");
        MicroCommand command = new MicroCommand();
        new CommandLine(command)
                .parseArgs(arguments.stream()
                        .map(text -> text.replace(
                                        "./schemas", folder.resolve("schemas").toString())
                                .replace("/config/", folder.resolve("config") + "/")
                                .replace(
                                        "micro-events",
                                        folder.resolve("micro-events").toString()))
                        .toArray(String[]::new));
        StringWriter notices = new StringWriter();

        CollectorSettings settings = command.settings(Map.of(), new PrintWriter(notices));

        assertThat(settings.port()).isEqualTo(9090);
        assertThat(notices.toString().lines().filter(line -> !line.endsWith("does not exist and will be created")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void a_script_with_curl_succeeds(String script) throws Exception {
        assumeTrue(isInstalled("curl") && isInstalled("bash"), "curl or bash is not installed");
        CollectorSettings settings =
                CollectorSettings.micro().port(0).compatMicro(true).build();
        try (Collector collector = Collector.start(settings)) {
            // A pixel is binary, so write it to a file.
            File output = folder.resolve("output").toFile();
            Process bash = new ProcessBuilder(
                            "bash",
                            "-euo",
                            "pipefail",
                            "-c",
                            script.replace("localhost:9090", "127.0.0.1:" + collector.port()))
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(bash.exitValue())
                    .as(Files.readString(output.toPath(), StandardCharsets.ISO_8859_1))
                    .isZero();
        }
    }

    @Test
    void the_healthcheck_succeeds_when_the_collector_is_ready_and_fails_without_it() throws Exception {
        assumeTrue(isInstalled("bash"), "bash is not installed");
        Matcher check = Pattern.compile("test: (\\[CMD, bash.*])").matcher(Files.readString(PAGE));
        assertThat(check.find()).isTrue();
        List<?> command = (List<?>) new Load(LoadSettings.builder().build()).loadFromString(check.group(1));
        String script = String.valueOf(command.get(3));
        int port;
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            port = collector.port();
            assertThat(bash(script.replace("9090", String.valueOf(port)))).isZero();
        }
        assertThat(bash(script.replace("9090", String.valueOf(port)))).isNotZero();
    }

    private int bash(String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return bash.exitValue();
    }

    @Test
    void the_tests_in_javascript_can_be_parsed() throws Exception {
        assumeTrue(isInstalled("node"), "node is not installed");
        for (String script : blocks("js")) {
            Path file = Files.writeString(folder.resolve("snippet.mjs"), script);
            Process node = new ProcessBuilder("node", "--check", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
            assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(node.exitValue())
                    .as(Files.readString(folder.resolve("output")))
                    .isZero();
        }
    }

    @Test
    void every_option_of_micro_is_in_the_table() throws Exception {
        String page = Files.readString(PAGE);
        for (CommandLine.Model.OptionSpec option :
                new CommandLine(new MicroOptions()).getCommandSpec().options()) {
            for (String name : option.names()) {
                assertThat(page).contains(name);
            }
        }
    }

    private static boolean isInstalled(String command) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, command)));
    }
}
