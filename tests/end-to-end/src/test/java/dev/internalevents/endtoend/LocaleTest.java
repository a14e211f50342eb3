package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.testkit.Payloads;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command's output for other programs is UTF-8, even in an ASCII locale. */
class LocaleTest {

    private static final Map<String, String> POSIX = Map.of("LC_ALL", "POSIX", "LANG", "POSIX");
    private static final String TEXT = "İü😀";
    private static final Path SAMPLE = Path.of("../../samples/shop/src/main/resources/internal-events");

    @TempDir
    private Path folder;

    private Path definitions;

    @AutoClose
    private Collector collector;

    @BeforeEach
    void start() throws Exception {
        definitions = folder.resolve("definitions");
        for (String file : List.of("events/place_order.yml", "metrics/sum_value_from_place_order.yml")) {
            Files.createDirectories(definitions.resolve(file).getParent());
            String text = Files.readString(SAMPLE.resolve(file));
            Files.writeString(
                    definitions.resolve(file), text.replace("\ndescription: ", "\ndescription: " + TEXT + " "));
        }
        collector = Collector.start(CollectorSettings.collector(folder.resolve("data"))
                .port(0)
                .readYourWrites(true)
                .dictionary(DefinitionFiles.load(definitions))
                .build());
        send(collector.url());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "export",
                "export --format tsv",
                "sql --json 'SELECT se_action FROM events'",
                "sql 'SELECT se_action FROM events'",
                "failed list --json",
                "failed list",
                "failed show 2",
                "metrics --json"
            })
    void what_the_collector_answers_is_written_as_utf_8(String line) throws Exception {
        List<String> arguments =
                Stream.of(line.split("'")[0].strip().split(" ")).collect(Collectors.toCollection(ArrayList::new));
        if (line.contains("'")) {
            arguments.add(line.split("'")[1]);
        }
        arguments.addAll(List.of("--url", collector.url()));

        try (Command command = Command.start(folder, POSIX, arguments.toArray(new String[0]))) {
            assertThat(command.exitCode()).isZero();
            assertThat(command.output()).contains(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--output-json", "--output-tsv"})
    void events_are_written_as_utf_8(String option) throws Exception {
        int port = Command.freePort();
        try (Command micro = Command.start(folder, POSIX, "micro", "--port", String.valueOf(port), option)) {
            micro.prints("Ctrl-C stops it");
            send("http://127.0.0.1:" + port);
            assertThat(micro.prints(TEXT).output()).contains(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--plain"})
    void what_is_monitored_is_written_as_utf_8(String option) throws Exception {
        try (Command monitor =
                Command.start(folder, POSIX, "monitor", "place_order", option, "--url", collector.url())) {
            monitor.prints("place_order");
            send(collector.url());
            assertThat(monitor.prints(TEXT).output()).contains(TEXT);
        }
    }

    @Test
    void definitions_are_read_and_generated_files_are_written_as_utf_8() throws Exception {
        Files.writeString(
                definitions.resolve("events/place_order.yml"),
                Files.readString(definitions.resolve("events/place_order.yml")) + TEXT + ": unknown\n");
        try (Command validate = Command.start(folder, POSIX, "validate", "definitions", "--json")) {
            validate.exitCode();
            assertThat(validate.output()).contains(TEXT);
        }
        Files.writeString(
                definitions.resolve("events/place_order.yml"),
                Files.readString(definitions.resolve("events/place_order.yml")).replace(TEXT + ": unknown\n", ""));
        try (Command generate = Command.start(
                folder, POSIX, "generate", "definitions", "--java", "java", "--package", "shop", "--site", "site")) {
            assertThat(generate.exitCode()).isZero();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().matches(".*\\.(java|html)"))
                            .filter(LocaleTest::hasText))
                    .hasSizeGreaterThan(1);
        }
    }

    private static boolean hasText(Path file) {
        try {
            return Files.readString(file).contains(TEXT);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void send(String url) throws Exception {
        String label = Payloads.escaped(Payloads.contexts());
        String events =
                "{\"e\":\"se\",\"p\":\"srv\",\"tv\":\"t\",\"se_ca\":\"" + TEXT + "\",\"se_ac\":\"" + TEXT + "\"},"
                        + "{\"e\":\"nonsense\",\"se_ac\":\"" + TEXT + "\",\"co\":\"" + label + "\"},"
                        + "{\"e\":\"se\",\"p\":\"srv\",\"tv\":\"t\",\"se_ca\":\"InternalEventTracking\",\"se_ac\":\"place_order\",\"se_la\":\""
                        + TEXT + "\",\"se_va\":\"3\"}";
        assertThat(TestHttp.track(url, events).statusCode()).isEqualTo(200);
    }
}
