package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.cli.Main;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The export says how many events it wrote, where that does not mix with the events. */
class ExportCommandTest {

    @TempDir
    private Path folder;

    private Collector collector;

    @BeforeEach
    void start() throws IOException {
        collector = Collector.start(CollectorSettings.local(0));
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    private void track(String... labels) {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .build()) {
            for (String label : labels) {
                client.trackEvent(
                        "export_tested",
                        AdditionalProperties.builder().label(label).build());
            }
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        }
    }

    /** What a command printed to standard output and to standard error. */
    private record Printed(String out, String err) {}

    private Printed export(String... arguments) {
        CommandLine command = Main.commandLine();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of("export", "--url", collector.url()));
        all.addAll(List.of(arguments));
        assertThat(command.execute(all.toArray(String[]::new)))
                .as(err.toString())
                .isZero();
        return new Printed(out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ndjson", "csv", "tsv", "parquet"})
    void the_number_of_events_in_a_file_is_printed(String format) throws IOException {
        track("a", "two\nlines, \"quoted\"\r\n", "c");
        Path file = folder.resolve("events." + format);

        Printed printed = export("--format", format, "--out", file.toString());

        assertThat(printed.out()).isEqualToNormalizingNewlines("Wrote 3 events to " + file + ".\n");
        assertThat(printed.err()).isEmpty();
        assertThat(Files.size(file)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ndjson", "csv", "tsv"})
    void no_events_are_none(String format) {
        Path file = folder.resolve("events." + format);

        assertThat(export("--format", format, "--out", file.toString()).out())
                .isEqualToNormalizingNewlines("Wrote 0 events to " + file + ".\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-"})
    @ResourceLock(Resources.SYSTEM_OUT)
    void the_number_goes_to_standard_error_if_the_events_go_to_standard_output(String out) {
        track("a");
        PrintStream before = System.out;
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        Printed printed;
        System.setOut(new PrintStream(events, true, StandardCharsets.UTF_8));
        try {
            printed = out.isEmpty() ? export() : export("--out", out);
        } finally {
            System.setOut(before);
        }

        assertThat(events.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err()).isEqualToNormalizingNewlines("Wrote 1 event.\n");
    }
}
