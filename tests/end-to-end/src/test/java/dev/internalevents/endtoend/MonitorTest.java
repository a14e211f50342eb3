package dev.internalevents.endtoend;

import dev.internalevents.definitions.read.DefinitionFiles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code internal-events monitor} on a terminal and in a pipe. */
class MonitorTest {

    @TempDir
    private Path folder;

    private Collector collector;
    private InternalEventsClient client;

    @BeforeEach
    void start() throws IOException {
        collector = Collector.start(CollectorSettings.micro()
                .port(0)
                .dictionary(DefinitionFiles.load(Path.of("../../gateway/src/main/resources/internal-events")))
                .build());
        client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .build();
    }

    @AfterEach
    void stop() {
        client.close(Duration.ZERO);
        collector.close();
    }

    private void track(int user, String label) {
        client.event("request_complete_code")
                .user(user)
                .project(7)
                .label(label)
                .put("language", "java")
                .track();
        client.flush(Duration.ofSeconds(10));
    }

    @Test
    void shows_values_change_and_events_arrive_and_takes_keys() throws Exception {
        track(1, "before");
        try (PseudoTerminal terminal =
                PseudoTerminal.start(folder, "monitor request_complete_code --url " + collector.url())) {
            terminal.shows("Monitoring request_complete_code").shows("None yet.");
            assertThat(line(terminal, "_code_java")).matches(".* 1 +1");

            track(2, "first");
            terminal.shows("first").picture("monitor-1-event");
            assertThat(line(terminal, "_code_java")).matches(".* 1 +2");
            assertThat(line(terminal, "first")).contains(" 2 ", " 7 ");
            assertThat(terminal.text()).doesNotContain("before");

            terminal.type("p").shows("paused");
            track(3, "second");
            terminal.type("p").shows("second");
            assertThat(line(terminal, "_code_java")).matches(".* 1 +3");

            terminal.type("r").shows("None yet.").picture("monitor-2-reset");
            assertThat(line(terminal, "_code_java")).matches(".* 3 +3");
            terminal.type("q");
            assertThat(terminal.exitCode()).isZero();
        }
    }

    @Test
    void draws_anew_when_the_size_of_the_window_changes() throws Exception {
        try (PseudoTerminal terminal =
                PseudoTerminal.start(folder, "monitor request_complete_code --url " + collector.url())) {
            terminal.shows("None yet.");
            track(2, "first");
            terminal.shows("first");

            terminal.resize(160, 40)
                    .shows("Monitoring request_complete_code")
                    .shows("counts.count_total_request_complete_code_java")
                    .shows("first")
                    .shows("{\"language\":\"java\"}")
                    .picture("monitor-3-wide");

            terminal.type("p").shows("paused");
            terminal.resize(70, 12).shows("Monitoring request_complete_code").shows("CURRENT");
            assertThat(terminal.text().lines()).allMatch(line -> line.length() <= 70);
            terminal.type("q");
            assertThat(terminal.exitCode()).isZero();
        }
    }

    @Test
    void watches_an_event_that_is_not_defined_and_says_so() throws Exception {
        try (PseudoTerminal terminal =
                PseudoTerminal.start(folder, "monitor request_complete_cod --url " + collector.url())) {
            terminal.shows("\"request_complete_cod\" is not defined; did you mean \"request_complete_code\"?")
                    .shows("No metric counts these events.");
            client.event("request_complete_cod").category("Shop").label("odd").track();
            client.flush(Duration.ofSeconds(10));
            terminal.shows("odd").shows("Shop");
            terminal.type("q");
            assertThat(terminal.exitCode()).isZero();
        }
    }

    private static String line(PseudoTerminal terminal, String part) {
        return terminal.text()
                .lines()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void writes_lines_where_there_is_no_terminal() throws Exception {
        try (Command command =
                Command.start(folder, "monitor", "request_complete_code", "--json", "--url", collector.url())) {
            command.prints("\"metric\":\"counts.count_total_request_complete_code_java\"");
            track(5, "piped");
            command.prints("\"label\":\"piped\"")
                    .prints("\"extra\":{\"language\":\"java\"}")
                    .prints("\"category\":\"");
            command.prints("\"initial\":0,\"current\":1");
        }
        try (Command command = Command.start(folder, "monitor", "request_complete_code", "--url", collector.url())) {
            command.prints("metric counts.count_total_request_complete_code_java 1 -> 1");
            track(6, "again");
            command.prints("event request_complete_code").prints("category=").prints("extra={\"language\":\"java\"}");
            command.prints("label=again").prints("1 -> 2");
        }
    }

    @Test
    void says_when_no_collector_answers() throws Exception {
        collector.close();
        try (Command command = Command.start(folder, "monitor", "a", "--url", "http://127.0.0.1:1")) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.output()).contains("no collector answers at http://127.0.0.1:1");
        }
    }
}
